import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toStderr } from './cache.mjs';
import { ensureNode } from './node.mjs';

// The oldest Node that runs the packages we use: node-llama-cpp imports JSON with attributes.
const oldest = [20, 10];

/** Whether the module at `url` is the script that node was started with. */
export function isMain(url) {
  const script = process.argv[1];
  return script !== undefined && realpathSync(script) === fileURLToPath(url);
}

/**
 * Runs a script's work; a failure is its message and exit status 1, without a stack. On an older Node
 * the script runs once more, under the one that set-up brings.
 */
export async function runMain(work) {
  try {
    if (isTooOld()) {
      process.exitCode = await runUnder(await ensureNode(toStderr));
    } else {
      await work();
    }
  } catch (error) {
    toStderr(process.env.DEBUG ? error.stack : `Error: ${error.message}`);
    process.exitCode ||= 1;
  }
}

function isTooOld() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
}

function runUnder(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A terminal's Ctrl-C reaches the child by itself.
    process.on(signal, () => signal === 'SIGINT' || child.kill(signal));
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status) => {
      resolve(status ?? 1);
    });
  });
}
