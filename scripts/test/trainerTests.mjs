import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execute, root } from '../setup/cache.mjs';
import { runTool } from './tools.mjs';

const folder = join(root, 'trainer');

/** Style and types of the trainer's Python; throws with what the tools say. */
export async function checkPython(python) {
  await execute(python, ['-m', 'ruff', 'check', '--no-cache', '.'], { cwd: folder });
  await execute(python, ['-m', 'ruff', 'format', '--no-cache', '--check', '.'], { cwd: folder });
  const options = ['--project', folder, '--pythonpath', python];
  const { status, output } = await runTool('pyright/index.js', options);
  if (status !== 0) {
    throw new Error(output.trim());
  }
}

/** Runs the trainer's tests and returns `{passed, failed, skipped}`; what they say goes to `write`. */
export async function runPytest(python, { write }) {
  const options = ['-m', 'pytest', '-p', 'no:cacheprovider', '--durations=5', '--color=no'];
  const child = spawn(python, options, {
    cwd: folder,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', OMP_NUM_THREADS: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  let last = '';
  for await (const line of createInterface({ input: child.stdout })) {
    write(line);
    last = line.trim() === '' ? last : line;
  }
  const status = await ended;
  const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(last)?.[1] ?? 0);
  const counts = {
    passed: count('passed'),
    failed: count('failed') + count('errors?'),
    skipped: count('skipped'),
  };
  if (counts.passed + counts.failed + counts.skipped === 0) {
    throw new Error(`pytest ended with status ${status} before its tests were counted.`);
  }
  // Something failed that is no test, such as a warning turned into an error at the end.
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
