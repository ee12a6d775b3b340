import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meanLengthGap } from '../../../src/preference/meanLengthGap.ts';

const pair = (tokens: number | undefined, characters: number, leftOut?: 'both_bad') => ({
  lengthGap: tokens ?? characters,
  characterGap: characters,
  lengthInTokens: tokens !== undefined,
  leftOut,
});

test('a mean of lengths is in tokens where all pairs count them, else in characters throughout', () => {
  assert.deepEqual(meanLengthGap([pair(4, 10), pair(2, 30)]), {
    pairs: 2,
    meanGap: 3,
    unit: 'tokens',
  });
  assert.deepEqual(meanLengthGap([pair(4, 10), pair(undefined, 30)]), {
    ...{ pairs: 2, meanGap: 20, unit: 'characters' },
  });
  assert.equal(meanLengthGap([pair(4, 10, 'both_bad')]), undefined);
});
