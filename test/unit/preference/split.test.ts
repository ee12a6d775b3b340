import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { validationQuestions } from '../../../src/preference/split.ts';

const questions = Array.from({ length: 200 }, (_, n) => ({
  id: `q${n}`,
  question: `Who is ${n}?`,
}));

test('the share of questions is set apart, the same for the same seed', () => {
  const apart = validationQuestions(questions, { share: 0.05, seed: 42 });
  assert.equal(apart.size, 10);
  assert.deepEqual(validationQuestions([...questions].reverse(), { share: 0.05, seed: 42 }), apart);
  assert.notDeepEqual(validationQuestions(questions, { share: 0.05, seed: 7 }), apart);
  assert.equal(validationQuestions(questions, { share: 0, seed: 42 }).size, 0);
});

test('questions in the same words are never on both sides, and neither side is empty', () => {
  const input = fc.array(fc.nat({ max: 9 }), { minLength: 2, maxLength: 40 });
  fc.assert(
    fc.property(input, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (words, share) => {
      const list = words.map((word, place) => ({ id: `q${place}`, question: `What is ${word}?` }));
      const apart = validationQuestions(list, { share, seed: 1 });
      for (const [place, word] of words.entries())
        for (const [other, same] of words.entries())
          if (same === word) assert.equal(apart.has(`q${place}`), apart.has(`q${other}`));
      if (new Set(words).size > 1) assert.ok(apart.size > 0 && apart.size < words.length);
    }),
    { seed: 3 },
  );
});
