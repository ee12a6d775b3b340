import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  fillPrompt,
  RATING_PROMPT,
  readAnswer,
  SAME_ANSWER_PROMPT,
} from '../../../src/scoring/judge/judgePrompt.ts';

test('prompts are those of the paper, filled in one pass', () => {
  assert.equal(
    fillPrompt(SAME_ANSWER_PROMPT, { question: 'Q?', reference: '{prediction}', prediction: '$&' }),
    'Here is a question along with two responses: one is the reference response, and the other is the predicted response. Please determine whether the two responses provide the same answer to the question. Respond with "True" or "False" directly.\n\n[Question]\nQ?\n\n[Reference Response]\n{prediction}\n\n[Predicted Response]\n$&',
  );
  const rating = fillPrompt(RATING_PROMPT, { context: 'C', question: 'Q?', prediction: 'P' });
  assert.ok(
    rating.startsWith(
      '[Context]\nC\n\n[Question]\nQ?\n\n[Predicted Response]\nP\n\nPlease evaluate the correctness of the predicted response',
    ),
  );
  assert.ok(
    rating.endsWith('following this format exactly: "[[rating]]". For example, "Rating: [[3]]".'),
  );
  assert.deepEqual([RATING_PROMPT.temperature, SAME_ANSWER_PROMPT.temperature], [0, 0]);
});

const ratings: [string, number | undefined][] = [
  ['Rating: [[4]]', 4],
  ['It is right.\n\n[[ 5 ]]', 5],
  ['At first [[2]], but all in all Rating: [[3]]', 3],
  ['Rating: 4', undefined],
  ['[[4.5]]', undefined],
  ['[[0]] or [[6]]', undefined],
  ['[[rating]]', undefined],
  ['', undefined],
];
test('a rating is the last one in double brackets, whole and from 1 to 5', () => {
  for (const [answer, value] of ratings)
    assert.equal(readAnswer(RATING_PROMPT, answer), value, answer);
});

const verdicts: [string, number | undefined][] = [
  ['True', 1],
  ['false.', 0],
  ['**TRUE** - both say Thomas Wye', 1],
  ['False, since it is not the same. So: False', 0],
  ['True or False?', undefined],
  ['Yes', undefined],
  ['Untrue', undefined],
  ['', undefined],
];
test('a verdict is True or False, and none where it is both or neither', () => {
  for (const [answer, value] of verdicts)
    assert.equal(readAnswer(SAME_ANSWER_PROMPT, answer), value, answer);
});
