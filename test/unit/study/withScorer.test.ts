import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withScorer } from '../../../src/study/withScorer.ts';

test('only the scorer changes; all else stays as it was written', () => {
  const text = '{"schema": 1,\n\t"scoring": { "rouge": "rouge1", "scorer" : "mbr_embedding" } }\n';
  assert.equal(
    withScorer(text, 'mbr_rouge'),
    '{"schema": 1,\n\t"scoring": { "rouge": "rouge1", "scorer" : "mbr_rouge" } }\n',
  );
});

test('a study that names no scorer gets one', () => {
  assert.deepEqual(JSON.parse(withScorer('\uFEFF{"name": "a"}', 'random')), {
    name: 'a',
    scoring: { scorer: 'random' },
  });
});

test('text that only looks like the scorer is left alone', () => {
  const name = '"scorer": "x"';
  const text = JSON.stringify({ name, scoring: { scorer: 'mbr_rouge' } });
  assert.deepEqual(JSON.parse(withScorer(text, 'random')), {
    name,
    scoring: { scorer: 'random' },
  });
});

test('what is no JSON is not written over', () => {
  assert.throws(() => withScorer('{', 'random'), SyntaxError);
});
