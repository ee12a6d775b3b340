import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder for what can be had again (models, the embedded server's state): one for editor, command and set-up. */
export function cacheFolder(): string {
  const { SEALONG_CACHE, XDG_CACHE_HOME } = process.env;
  return SEALONG_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sealong');
}
