import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { answerRules, extractAnswer } from '../../../src/clusters/extractAnswer.ts';

const rules = answerRules([]);
const found = (text: string, truncated = false) => {
  const answer = extractAnswer(text, rules, truncated);
  return answer && [answer.text, answer.rule];
};

test('an answer is found where trajectories say it', () => {
  const cases: [string, string, string][] = [
    ['1. Plan. 2. Read.\nSo the answer is Thomas Wye.', 'Thomas Wye', 'the_answer_is'],
    ['The final answer is: **"Ada Morven"**.', 'Ada Morven', 'the_answer_is'],
    ['Answer: 42\n\nThat follows from passage 3.', '42', 'answer_label'],
    ['**Final Answer:**\n\n**April 5, 1912**', 'April 5, 1912', 'answer_label'],
    ['We get \\boxed{\\text{St. John}} at last.', 'St. John', 'boxed'],
    ['x <answer>Dr. Hanna Imber</answer>', 'Dr. Hanna Imber', 'answer_tag'],
    ['Answer: J. R. R. Tolkien. He wrote it in 1937.', 'J. R. R. Tolkien', 'answer_label'],
    ['It is 3.5 km. Therefore, it is 3.5 km.', '3.5 km', 'conclusion'],
    ['The answer is yes, since both were born there.', 'yes', 'the_answer_is'],
    ['Yes, both are.', 'Yes', 'last_sentence'],
    [
      'She was a painter. She was born in Hollins Cove.',
      'She was born in Hollins Cove',
      'last_sentence',
    ],
  ];
  for (const [text, answer, rule] of cases) assert.deepEqual(found(text), [answer, rule], text);
});

test('Markdown, quoted questions, sources and courtesies are no part of an answer', () => {
  const cases: [string, string][] = [
    ['**Final answer**: Thomas Wye', 'Thomas Wye'],
    ['The **answer** is Thomas Wye.', 'Thomas Wye'],
    ['### Final Answer\n\n**Thomas Wye**\n', 'Thomas Wye'],
    ['# Answer:\n\n1. Thomas Wye\n2. Ada Morven', 'Thomas Wye'],
    ['Thus, the answer to the question "Who was it?" is Thomas Wye.', 'Thomas Wye'],
    ['The answer is "The Beatles" (from Passage 3).', 'The Beatles'],
    ['The answer is **Thomas Wye**, as stated in Passage 4 [4].', 'Thomas Wye'],
    ['The answer is Thomas Wye (the engineer).', 'Thomas Wye (the engineer)'],
    ['The correct answer is therefore $x = 2$.', 'x = 2'],
    ['The answer is $3.5 million, not $4 million.', '$3.5 million, not $4 million'],
    ['The answer is max_tokens.', 'max_tokens'],
    ['The answer is 3:45 p.m. on Sunday.', '3:45 p.m. on Sunday'],
    ['Thomas Wye built it. I hope this helps!', 'Thomas Wye built it'],
    ['Thomas Wye built it.\n\nLet me know if you need more.', 'Thomas Wye built it'],
    ['The answer is Thomas Wye.<|im_end|>\n', 'Thomas Wye'],
    ['Answer: 7. It says so.', '7'],
    ['{"answer": "240 m"}', '240 m'],
    ['Answer - Thomas Wye', 'Thomas Wye'],
    ['A: Thomas Wye', 'Thomas Wye'],
    ['Hence: Thomas Wye', 'Thomas Wye'],
    ['In conclusion, it was Thomas Wye.', 'Thomas Wye'],
    ['Answer: <i>Thomas Wye</i>', 'Thomas Wye'],
    ['$\\boxed{\\frac{2}{3}}$', '2/3'],
    ['答えは「前川國男」です。', '前川國男'],
    ['The answer is -5 °C.', '-5 °C'],
    ['The answer is C++.', 'C++'],
    ['الإجابة النهائية: يوسف', 'يوسف'],
  ];
  for (const [text, answer] of cases) assert.equal(found(text)?.[0], answer, text);
});

test('answers in other languages are found, also where words stand without spaces', () => {
  const cases: [string, string][] = [
    ['所以最终答案是北京。', '北京'],
    ['答案：北京', '北京'],
    ['したがって、答えは東京。', '東京'],
    ['La réponse est Thomas Wye.', 'Thomas Wye'],
    ['**Antwort:** Thomas Wye', 'Thomas Wye'],
    ['الجواب هو باريس.', 'باريس'],
  ];
  for (const [text, answer] of cases)
    assert.deepEqual(found(text), [answer, 'other_languages'], text);
});

test('what is found stands in the text where it is said to, also far behind its beginning', () => {
  const piece = (text: string) => {
    const answer = extractAnswer(text, rules);
    return answer && text.slice(answer.start, answer.end);
  };
  const long = 'He read 雨 passage 3 🙂. '.repeat(5_000);
  for (const [text, answer] of [
    ['1. Plan.\nSo the answer is: **Thomas Wye**, I think.', 'Thomas Wye**, I think'],
    [`${long}The answer is "Ada Morven".\n`, 'Ada Morven'],
    ['x \\boxed{\\text{St. John}}', 'St. John'],
    ['**Plan**\n_Read._\n**Final answer**: **Thomas Wye** (Passage 2)', 'Thomas Wye'],
    ['He asked "Who was it?" and the answer to the question "Who?" is Wye. Bye.', 'Wye'],
    ['## Answer\n\n1. Thomas Wye', 'Thomas Wye'],
    ['She was a painter.\n- She was born in Hollins Cove.', 'She was born in Hollins Cove'],
    ['İİİ the answer is Izmir.', 'Izmir'],
    ['The answer is yes, since both were born there.', 'yes'],
  ] as const)
    assert.equal(piece(text), answer, text.slice(-60));
});

test('the last answer counts, and words that only contain a phrase are none', () => {
  assert.deepEqual(found('The answer is A? No. The answer is B.')?.[0], 'B');
  assert.equal(found('Nobody had an answer isolated.')?.[1], 'last_sentence');
});

test('a text that was cut off has no last sentence, and an empty one no answer', () => {
  assert.equal(found('The engineer was J', true), undefined);
  assert.equal(found('Answer: the Ri', true), undefined);
  assert.deepEqual(found('The answer is 7. Then', true)?.[0], '7');
  assert.equal(found(' \n'), undefined);
});

test("a study's rules come first; one with the name of a built-in rule takes its place or switches it off", () => {
  const own = answerRules([
    { name: 'verdict', after: ['VERDICT ='] },
    { name: 'last_sentence', last: 'line', weak: true, off: true },
  ]);
  assert.equal(extractAnswer('The answer is 1. Verdict = 2.', own)?.text, '2');
  assert.equal(extractAnswer('It was Tuesday.', own), undefined);
  assert.equal(own.length, rules.length);
});

test('no text makes it fail, and what it finds is in the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      const answer = extractAnswer(`The answer is ${text}`, rules);
      assert.ok(answer === undefined || answer.text.length <= 200);
      assert.ok(
        answer === undefined || (answer.start < answer.end && answer.end <= text.length + 14),
      );
    }),
    { seed: 3 },
  );
  assert.equal(extractAnswer('İİİ the answer is Izmir.', rules)?.text, 'Izmir');
});
