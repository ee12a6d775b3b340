import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { filesUnder } from '../build/entryPoints.mjs';
import { root } from '../setup/cache.mjs';
import { countsMark } from './reporter.mjs';

/**
 * Runs every *.test.ts under `folder` with node:test and returns `{passed, failed, skipped}`.
 * `node` must be able to run TypeScript; what the tests say goes to `write` as it comes. Each file
 * is given to `take`, the largest first, so that none that is long is left for the end; or, with
 * `runs`, that many runs of several files.
 */
export async function runNodeTests(folder, { node, env = {}, take, runs, write }) {
  const files = filesUnder(folder).filter((file) => file.endsWith('.test.ts'));
  if (files.length === 0) {
    throw new Error(`${folder} holds no *.test.ts.`);
  }
  const sizes = new Map(files.map((file) => [file, statSync(join(root, file)).size]));
  files.sort((a, b) => sizes.get(b) - sizes.get(a));
  const groups = Array.from({ length: runs ?? files.length }, () => []);
  files.forEach((file, at) => groups[at % groups.length].push(file));
  const counts = await Promise.all(
    groups.map((group) =>
      take(() =>
        runFiles(group, { node, env, write }).catch((error) => {
          write(`  FAILED: ${error.message}`);
          return { passed: 0, failed: 1, skipped: 0 };
        }),
      ),
    ),
  );
  const sum = (kind) => counts.reduce((all, one) => all + one[kind], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

async function runFiles(files, { node, env, write }) {
  const options = ['--test', '--test-reporter=./scripts/test/reporter.mjs'];
  const child = spawn(node, [...options, '--test-concurrency=1', ...files], {
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
    throw new Error(
      `The tests of ${files.join(', ')} ended with status ${status} before they were counted.`,
    );
  }
  if (counts.passed + counts.failed + counts.skipped === 0) {
    throw new Error(`There is no test in ${files.join(', ')}.`);
  }
  // Something failed that is no test, such as a rejection after the last one.
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
