import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toStderr } from './cache.mjs';

/** Whether the module at `url` is the script that node was started with. */
export function isMain(url) {
  const script = process.argv[1];
  return script !== undefined && realpathSync(script) === fileURLToPath(url);
}

/** Runs a script's work; a failure is its message and exit status 1, without a stack. */
export async function runMain(work) {
  try {
    await work();
  } catch (error) {
    toStderr(process.env.DEBUG ? error.stack : `Error: ${error.message}`);
    process.exitCode ||= 1;
  }
}
