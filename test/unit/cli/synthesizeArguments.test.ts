import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommand } from '../../../src/cli/arguments.ts';

test('synthesize takes collections of documents and of articles, other verbs do not', () => {
  const named = ['--from', 'q.jsonl', '--distractors', 'wiki', '--articles', 'whole.parquet'];
  const command = parseCommand(['synthesize', 'study', ...named]);
  assert.ok(command.kind === 'stage');
  assert.deepEqual(command.request, {
    verb: 'synthesize',
    study: 'study',
    settings: [],
    from: 'q.jsonl',
    distractors: 'wiki',
    articles: 'whole.parquet',
    strict: false,
    replace: false,
  });
  assert.throws(() => parseCommand(['sample', 'study', '--distractors', 'wiki']), {
    code: 'usage',
    message: /--distractors does not go with "sample"/,
  });
});
