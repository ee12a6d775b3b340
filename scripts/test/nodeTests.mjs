import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { filesUnder } from '../build/entryPoints.mjs';
import { root } from '../setup/cache.mjs';
import { countsMark } from './reporter.mjs';

/**
 * Runs every *.test.ts under `folder` with node:test and returns `{passed, failed, skipped}`.
 * `node` must be able to run TypeScript; what the tests say goes to `write` as it comes.
 */
export async function runNodeTests(folder, { node, env = {}, concurrency, write }) {
  const files = filesUnder(folder).filter((file) => file.endsWith('.test.ts'));
  if (files.length === 0) {
    throw new Error(`${folder} holds no *.test.ts.`);
  }
  const options = ['--test', '--test-reporter=./scripts/test/reporter.mjs'];
  const child = spawn(node, [...options, `--test-concurrency=${concurrency}`, ...files], {
    cwd: root,
    // Set when this process is itself under node:test, and would make the child run no test.
    env: { ...process.env, ...env, NODE_TEST_CONTEXT: undefined },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  let counts;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith(countsMark)) {
      counts = JSON.parse(line.slice(countsMark.length));
    } else {
      write(line);
    }
  }
  const status = await ended;
  if (counts === undefined) {
    throw new Error(`The tests of ${folder} ended with status ${status} before they were counted.`);
  }
  if (counts.passed + counts.failed + counts.skipped === 0) {
    throw new Error(`The files of ${folder} hold no test.`);
  }
  // Something failed that is no test, such as a rejection after the last one.
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
