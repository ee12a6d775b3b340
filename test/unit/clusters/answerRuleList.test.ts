import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  listedRules,
  ruleWords,
  switchedRule,
  withRule,
  withoutRule,
} from '../../../src/clusters/answerRuleList.ts';
import { answerRules } from '../../../src/clusters/extractAnswer.ts';

const verdict = { name: 'verdict', after: ['Verdict:'] };
const boxed = { name: 'boxed', between: ['[[', ']]'] as [string, string] };

test('rules are listed as they are tried, with whose they are; those switched off last', () => {
  const own = [verdict, boxed, { name: 'conclusion', off: true }];
  const listed = listedRules(own).map(({ rule, source }) => `${rule.name} ${source}`);
  assert.deepEqual(listed, [
    ...['verdict study', 'boxed changed', 'answer_tag built_in', 'the_answer_is built_in'],
    ...[
      'answer_label built_in',
      'other_languages built_in',
      'last_sentence built_in',
      'conclusion changed',
    ],
  ]);
  assert.deepEqual(
    listedRules(own).flatMap(({ rule }) => (rule.off === true ? [] : [rule])),
    answerRules(own),
  );
});

test('a rule is put in the place of that of its name, or before the others', () => {
  assert.deepEqual(withRule([boxed], verdict), [verdict, boxed]);
  const other = { name: 'boxed', last: 'line' as const };
  assert.deepEqual(withRule([verdict, boxed], other), [verdict, other]);
  assert.deepEqual(withoutRule([verdict, boxed], 'boxed'), [verdict]);
});

test('switching a rule off and on again leaves the study as it was', () => {
  const off = switchedRule([verdict], 'last_sentence');
  assert.deepEqual(
    answerRules(off).map(({ name }) => name),
    [
      'verdict',
      'boxed',
      'answer_tag',
      'the_answer_is',
      'answer_label',
      'other_languages',
      'conclusion',
    ],
  );
  assert.deepEqual(switchedRule(off, 'last_sentence'), [verdict]);
  assert.deepEqual(switchedRule(switchedRule([verdict], 'verdict'), 'verdict'), [verdict]);
});

test('what a rule looks for is told in words', () => {
  assert.equal(ruleWords(verdict), 'what follows \u201cVerdict:\u201d');
  assert.equal(ruleWords(boxed), 'what stands between \u201c[[\u201d and \u201c]]\u201d');
  assert.equal(
    ruleWords({ name: 'many', after: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] }),
    'what follows “a”, “b”, “c”, “d”, “e”, “f”, 2 more',
  );
  assert.match(
    ruleWords({ name: 's', last: 'sentence', weak: true }),
    /^the last sentence; counts/,
  );
});
