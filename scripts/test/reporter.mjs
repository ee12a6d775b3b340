import { relative } from 'node:path';

/** What the last line of the report starts with, before the counts as JSON. */
export const countsMark = '#counts ';

/** A file of tests that takes longer than this is named with its time. */
const longMs = 20_000;

/**
 * A reporter for node:test: failures, skips and long files as they come, then one line of counts.
 * A suite is no test of its own, and a test that failed only through a subtest is counted there.
 */
export default async function* report(events) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of events) {
    const isSuite = data.details?.type === 'suite';
    if (type === 'test:stdout' || type === 'test:stderr') {
      yield data.message;
    } else if (type === 'test:pass' && isSkipped(data)) {
      counts.skipped += 1;
      yield `  skipped: ${describe(data)}${reasonOf(data.skip)}\n`;
    } else if (type === 'test:pass' && isFile(data)) {
      counts.failed += 1;
      yield `  FAILED: ${data.name} holds no test\n`;
    } else if (type === 'test:pass' && !isSuite) {
      counts.passed += 1;
    } else if (type === 'test:fail' && countsAsFailure(data)) {
      counts.failed += 1;
      yield `  FAILED: ${describe(data)}\n${indent(messageOf(data.details.error))}\n`;
    } else if (type === 'test:summary' && data.duration_ms > longMs && data.file !== undefined) {
      yield `  ${Math.round(data.duration_ms / 1000)} s: ${relative(process.cwd(), data.file)}\n`;
    }
  }
  yield `${countsMark}${JSON.stringify(counts)}\n`;
}

function isSkipped(data) {
  return data.skip !== undefined && data.skip !== false;
}

// node:test reports a file as a test when it failed to load, or when there was nothing in it.
function isFile(data) {
  return data.nesting === 0 && data.name.endsWith('.test.ts');
}

function reasonOf(skip) {
  return typeof skip === 'string' && skip !== '' ? ` (${skip})` : '';
}

function countsAsFailure(data) {
  return data.details.error?.failureType !== 'subtestsFailed';
}

function describe(data) {
  const file = data.file === undefined ? '' : relative(process.cwd(), data.file);
  const place = data.line === undefined ? file : `${file}:${data.line}`;
  return place === '' || isFile(data) ? data.name : `${place} ${data.name}`;
}

function messageOf(error) {
  // node:test wraps what was thrown, and fast-check puts the assertion behind its counterexample.
  const thrown = error?.cause ?? error;
  const parts = [thrown?.stack ?? String(thrown)];
  if (thrown?.cause !== undefined) {
    parts.push(String(thrown.cause?.stack ?? thrown.cause));
  }
  return parts.join('\ncaused by: ');
}

function indent(text) {
  return text
    .split('\n')
    .slice(0, 40)
    .map((line) => `    ${line}`)
    .join('\n');
}
