import * as vscode from 'vscode';
import { SealongError } from '../errors.ts';

/** Null in a trusted workspace, else why nothing can be changed. */
export function untrustedReason(): string | null {
  return vscode.workspace.isTrusted
    ? null
    : 'The workspace is not trusted: SeaLong only reads in it.';
}

/**
 * Reading is always allowed; what connects to a server, loads a model or writes asks for trust.
 *
 * @param doing as in "Sampling".
 * @throws SealongError `untrusted`.
 */
export function requireTrust(doing: string): void {
  if (vscode.workspace.isTrusted) return;
  throw new SealongError(
    'untrusted',
    `${doing} needs a trusted workspace: a study from elsewhere can name models, servers and files. Trust the workspace if you know where it comes from.`,
  );
}
