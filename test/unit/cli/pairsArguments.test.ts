import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommand } from '../../../src/cli/arguments.ts';

function request(...argv: string[]) {
  const command = parseCommand(argv);
  assert.ok(command.kind === 'stage');
  return command.request;
}

test('another policy is named by settings of pairs, as often as it takes', () => {
  const named = ['--compare', 'pairs.rejected=quantile', '--compare', 'pairs.quantile=0.1'];
  assert.deepEqual(request('pairs', 'study', ...named), {
    verb: 'pairs',
    study: 'study',
    settings: [],
    compare: [
      { path: ['pairs', 'rejected'], value: 'quantile' },
      { path: ['pairs', 'quantile'], value: 0.1 },
    ],
  });
  assert.throws(() => request('pairs', 'study', '--compare', 'sampling.n=3'), { code: 'usage' });
});

test('the share of questions set apart is below one', () => {
  const exported = request('export', 'study', '--format', 'trl', '--validation', '0.05');
  assert.deepEqual(exported, {
    ...{ verb: 'export', study: 'study', settings: [], format: 'trl', validation: 0.05 },
  });
  for (const wrong of ['1', '-0.1', 'half', ''])
    assert.throws(() => request('export', 'study', '--format', 'trl', '--validation', wrong), {
      code: 'usage',
    });
});
