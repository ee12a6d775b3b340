import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scorerChoices } from '../../../../src/editor/commands/scorerChoices.ts';
import { SCORERS } from '../../../../src/study/config.ts';

test("the study's scorer comes first, and each says what it has scored and needs", () => {
  const choices = scorerChoices({
    current: 'mbr_rouge',
    scored: new Map([
      ['mbr_rouge', 30],
      ['random', 12],
    ]),
    questions: 30,
  });
  assert.deepEqual(
    choices.map(({ label, description }) => [label, description]),
    [
      ['mbr_rouge', "the study's · $(check) scored"],
      ['mbr_embedding', ''],
      ['mbr_bertscore', ''],
      ['mbr_self_evaluation', ''],
      ['self_evaluation', ''],
      ['random', '$(check) 12 of 30 questions scored'],
    ],
  );
  for (const { detail } of choices) assert.match(detail, /Needs /);
});

test('while sealong.json is wrong the scorers stand in their own order', () => {
  const choices = scorerChoices({ current: undefined, scored: new Map(), questions: 0 });
  assert.deepEqual(
    choices.map(({ scorer }) => scorer),
    [...SCORERS],
  );
});
