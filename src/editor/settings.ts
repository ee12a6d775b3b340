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
  /** A copy: what the editor gives is a proxy, which cannot go to a worker. */
  clusters: (): unknown => JSON.parse(JSON.stringify(read('clusters') ?? {})),
  endpoint: (): string => written('endpoint') ?? '',
  /** SEALONG_ENDPOINT. */
  environmentEndpoint: (): string | undefined => process.env['SEALONG_ENDPOINT'],
  /** Above which sampling asks before it begins. */
  confirmAbove: (): { tokens: number; cost: number } => ({
    tokens: number('confirmAbove.tokens') ?? 1_000_000,
    cost: number('confirmAbove.cost') ?? 1,
  }),
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

/** Opens the user's settings at one of them. */
export async function revealSetting(name: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettingsJson', {
    revealSetting: { key: `sealong.${name}`, edit: true },
  });
}

function read(name: string): unknown {
  return vscode.workspace.getConfiguration('sealong').get<unknown>(name);
}

/** Undefined where the setting is empty, which stands for its default. */
function written(name: string): string | undefined {
  const value = read(name);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** Undefined where the setting holds no number of that kind. */
function number(name: string): number | undefined {
  const value = read(name);
  return typeof value === 'number' && value >= 0 ? value : undefined;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry in the system's list has no name.
    return '';
  }
}
