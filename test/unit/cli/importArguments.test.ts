import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommand } from '../../../src/cli/arguments.ts';

test('import takes a file, its format, what to pick, and who the answers are from', () => {
  const pick = ['--pick', 'longest', '--count', '2000'];
  const named = ['--format', 'messages', '--supervision', 'GPT-4'];
  const command = parseCommand(['import', 'study', '--from', 'data.parquet', ...pick, ...named]);
  assert.equal(command.kind, 'stage');
  assert.deepEqual(command.request, {
    study: 'study',
    settings: [],
    verb: 'import',
    from: 'data.parquet',
    format: 'messages',
    pick: 'longest',
    count: 2000,
    supervision: 'GPT-4',
    strict: false,
    replace: false,
  });
});

test('import without a file, or with a pick that is none, is wrong use', () => {
  const usage = { code: 'usage' };
  assert.throws(() => parseCommand(['import', 'study']), usage);
  const from = ['import', 'study', '--from', 'f'];
  assert.throws(() => parseCommand([...from, '--pick', 'best']), usage);
  assert.throws(() => parseCommand([...from, '--count', '0']), usage);
  assert.throws(() => parseCommand([...from, '--distractors', 'd']), usage);
});
