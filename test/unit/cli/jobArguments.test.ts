import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommand } from '../../../src/cli/arguments.ts';

const requestOf = (...words: string[]) => {
  const command = parseCommand(words);
  assert.ok(command.kind === 'stage');
  return command.request;
};

test('jobs are listed, followed, and those that were cut off sent to their end', () => {
  const listed = { study: 'my-study', settings: [], verb: 'jobs', follow: false, resume: false };
  assert.deepEqual(requestOf('jobs', 'my-study'), listed);
  assert.deepEqual(requestOf('jobs', 'my-study', 'a-job', '--resume', '--follow'), {
    ...listed,
    job: 'a-job',
    follow: true,
    resume: true,
  });
  assert.throws(() => parseCommand(['fetch', 'my-study', 'a-job', '--resume']), /does not go with/);
});
