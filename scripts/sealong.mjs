import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from './build.mjs';
import { root, toStderr } from './setup/cache.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensureEmbedded } from './setup/embedded.mjs';
import { runMain } from './setup/main.mjs';
import { ensureTrainer } from './setup/trainer.mjs';

const oldestNode = 20;

/** The trainer's Python, where this command trains here and names none. */
async function trainerPython() {
  const [verb, ...rest] = process.argv.slice(2);
  const elsewhere = ['--engine', '--cluster', '--python', '--help', '-h'];
  if (
    verb !== 'train' ||
    process.env.SEALONG_TRAINER_PYTHON ||
    rest.some((word) => elsewhere.includes(word.split('=')[0]))
  ) {
    return {};
  }
  const { python, missing } = await ensureTrainer(toStderr);
  if (missing !== undefined) {
    toStderr(missing);
  }
  return python === undefined ? {} : { SEALONG_TRAINER_PYTHON: python };
}

// npm runs scripts in the checkout; the paths a user names are relative to where they are.
function run(environment) {
  const child = spawn(process.execPath, [join(root, 'dist/sealong.js'), ...process.argv.slice(2)], {
    cwd: process.env.INIT_CWD ?? process.cwd(),
    env: { ...process.env, ...environment },
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal's Ctrl-C has reached the child by itself, and a second one could mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) {
        child.kill(signal);
      }
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status, signal) => {
      resolve(status ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

await runMain(async () => {
  if (Number(process.versions.node.split('.')[0]) < oldestNode) {
    throw new Error(`Node ${oldestNode} or newer is missing: this is ${process.version}.`);
  }
  // The models need no packages, so the two go on side by side. Most verbs also work without the
  // models: what asks for them then says so.
  const models = ensureEmbedded(toStderr).catch((error) => {
    toStderr(`The embedded models are not there: ${error.message}`);
  });
  await ensureDependencies(toStderr);
  await build();
  process.exitCode = await run({ SEALONG_EMBEDDED: await models, ...(await trainerPython()) });
});
