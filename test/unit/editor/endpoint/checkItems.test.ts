import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkItem, testedText } from '../../../../src/editor/endpoint/checkItems.ts';
import { CHECKS, type ProbeResult } from '../../../../src/endpoint/probeResult.ts';

test('every outcome has a word beside its icon', () => {
  const item = (outcome: 'yes' | 'no' | 'unknown' | 'problem') =>
    checkItem({ name: 'n', outcome, words: 'said' });
  assert.deepEqual(
    (['yes', 'no', 'unknown', 'problem'] as const).map((outcome) => {
      const { label, description } = item(outcome);
      return `${label} / ${description}`;
    }),
    [
      '$(pass) Several samples a request (n) / yes · said',
      '$(circle-slash) Several samples a request (n) / no · said',
      '$(question) Several samples a request (n) / not known · said',
      '$(error) Several samples a request (n) / problem',
    ],
  );
  for (const name of CHECKS)
    assert.match(checkItem({ name, outcome: 'yes', words: '' }).label, /\w/);
});

test('what is long, or a problem, stands below where it is not cut', () => {
  const words = 'on by the settings of the server, which does not tell cached tokens';
  assert.deepEqual(checkItem({ name: 'prefix_cache', outcome: 'yes', words }), {
    label: '$(pass) Prefix cache',
    description: 'yes',
    detail: words,
  });
  assert.equal(checkItem({ name: 'model', outcome: 'problem', words: 'gone' }).detail, 'gone');
});

test('an endpoint in the list says what the last test found, and when', () => {
  const result: ProbeResult = {
    base_url: 'http://h/v1',
    model: 'm',
    checks: [{ name: 'server', outcome: 'yes', words: 'vLLM 0.11.2' }],
    capabilities: { contextTokens: 131072, prefixCache: true },
    models: ['m'],
    spent: { requests: 3, prompt_tokens: 1, completion_tokens: 1, uncounted: 0 },
    tested_at: '2026-03-24T12:00:00.000Z',
  };
  assert.equal(
    testedText(result),
    '$(pass) tested Mar 24: vLLM 0.11.2, m there, 131K context, prefix cache on',
  );
  const down = { name: 'reachable', outcome: 'problem', words: 'nothing listens there' } as const;
  assert.equal(
    testedText({ ...result, checks: [down] }),
    '$(error) did not work on Mar 24: Reachable: nothing listens there',
  );
});
