import { userInfo } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { cacheFolder } from '../cacheFolder.ts';
import { reviewerName } from './reviewerName.ts';

/**
 * The user's settings. All have application or machine scope: a workspace, which may come from anyone, can name no server,
 * folder or reviewer.
 */
export const settings = {
  endpoints: (): unknown => read('endpoints'),
  endpoint: (): string => written('endpoint') ?? '',
  /** SEALONG_ENDPOINT. */
  environmentEndpoint: (): string | undefined => process.env['SEALONG_ENDPOINT'],
  embeddedFolder: (): string | undefined =>
    written('embedded.folder') ?? process.env['SEALONG_EMBEDDED'],
  reviewer: (): string => reviewerName(written('reviewer') ?? userName()),
  modelCache: (): string => written('modelCache') ?? join(cacheFolder(), 'hub'),
  embeddedStateFile: (): string => join(cacheFolder(), 'embedded-server.json'),
};

export async function updateSetting(name: string, value: unknown): Promise<void> {
  await vscode.workspace
    .getConfiguration('sealong')
    .update(name, value, vscode.ConfigurationTarget.Global);
}

function read(name: string): unknown {
  return vscode.workspace.getConfiguration('sealong').get<unknown>(name);
}

/** Undefined where the setting is empty, which stands for its default. */
function written(name: string): string | undefined {
  const value = read(name);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry in the system's list has no name.
    return '';
  }
}
