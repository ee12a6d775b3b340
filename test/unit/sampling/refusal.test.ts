import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REFUSAL_RULES, isRefusal } from '../../../src/sampling/refusal.ts';

test('every rule finds its example', () => {
  for (const { pattern, example } of REFUSAL_RULES.patterns) {
    assert.ok(isRefusal(example), example);
    assert.match(example.toLowerCase(), new RegExp(pattern, 'u'));
  }
});

test('a refusal is found whatever its quotes, its marks and the white space around it', () => {
  for (const text of [
    "\n\n**I'm sorry, but I can't help with that.**",
    'I’m sorry, but I can’t assist with that.',
    'I am sorry,  but\nI cannot answer this.',
    "> I'm unable to answer this question.",
    'Sorry, I cannot provide that information.',
  ])
    assert.ok(isRefusal(text), text);
});

test('an answer is no refusal, also where it says that something is missing or cannot be', () => {
  for (const text of [
    '',
    'Ada Morven',
    'To solve this, I will first devise a plan. I cannot answer before I have read the passages.',
    'The passages do not say who built the lighthouse, so the answer is unknown.',
    'Unfortunately, the passages do not name the engineer. The answer is Thomas Wye.',
    'Unfortunately for Ada, the school burnt down in 1841.',
    'I am sorry to say that the lighthouse fell. It was built by Ada Morven.',
    '"I cannot help you," said the keeper in passage 3, so the answer is the keeper.',
    'Sorry is the name of the harbour.',
  ])
    assert.ok(!isRefusal(text), text);
});

test('a long text answers something, however it begins', () => {
  const refusal = "I'm sorry, but I can't answer this with certainty.";
  assert.ok(isRefusal(refusal));
  assert.ok(!isRefusal(`${refusal} ${'Still, the plan is to read on. '.repeat(60)}`));
});
