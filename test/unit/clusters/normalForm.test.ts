import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerCore } from '../../../src/clusters/answerCore.ts';
import { answerForm, isNear } from '../../../src/clusters/nearEqual.ts';
import { normalForm } from '../../../src/clusters/normalForm.ts';

test('answers that differ in wording alone have one form', () => {
  const alike = [
    ['The Lighthouse', 'lighthouse', 'LIGHTHOUSE.'],
    ['Zürich', 'Zurich', 'Zu\u0308rich', 'ＺÜRICH'],
    ['5 April 1912', 'April 5th, 1912', '1912-04-05', 'Apr. 5, 1912'],
    ['1,234 km²', '1234 km2', '1234 square kilometers', '1,234 sq. km'],
    ['612 metres', '612 meters', '612m'],
    ['$3.5 million', '$3,500,000', '3.5 Million'],
    ['two hundred', '200'],
    ['twenty-one', '21', 'twenty one'],
    ['50%', '50 percent', '50 per cent'],
    ['43.7%', '43,7 %'],
    ['.5', '0.5'],
    ['the U.S.', 'USA', 'United States of America', 'the United States'],
    ['“北京”', '北京。'],
    ['12.03.1931', '12 March 1931', '1931/03/12', '1931-3-12'],
    ['6:45 pm', '18:45', '6.45 p.m.', '06:45 PM'],
    ['−5 °C', '-5 °C', '-5 degrees Celsius'],
    ['12 000', '12,000', '12\u00a0000', 'twelve thousand'],
    ['يُوسُف', 'يوسف'],
  ];
  for (const [first = '', ...others] of alike)
    for (const other of others) assert.equal(normalForm(other), normalForm(first), other);
});

test('answers that are others have other forms', () => {
  for (const [a, b] of [
    ['3.5', '35'],
    ['5 May 1912', '5 April 1912'],
    ['3.5 million', '3.6 million'],
    ['1,234 km²', '1,234 km'],
    ['50%', '50'],
    ['tell us', 'tell usa'],
    ['北京', '上海'],
    ['C++', 'C'],
    ['C#', 'C'],
    ['C++', 'C#'],
    ['AB+', 'AB'],
    ['-5', '5'],
    ['3/4', '34'],
    ['6:45 am', '6:45 pm'],
    ['12.03.1931', '03.12.1931'],
  ] as const)
    assert.notEqual(normalForm(a), normalForm(b), a);
});

test('initials stand for names, and a name without spaces is found within a longer one', () => {
  const near = (a: string, b: string) =>
    isNear(answerForm(normalForm(a)), answerForm(normalForm(b)));
  assert.equal(near('T. Wye', 'Thomas Wye'), true);
  assert.equal(near('J. R. R. Tolkien', 'John R. R. Tolkien'), true);
  assert.equal(near('北京', '北京市'), true);
  assert.equal(near('T. Wye', 'Ada Wye'), false);
  assert.equal(near('T. Wye', 'Thomas Moor'), false);
  assert.equal(near('Type A', 'Type B'), false);
});

test('all that say that there is no answer say the same, and no answer is taken for one of them', () => {
  const question = new Set(normalForm('Who was the dean of the college?').split(' '));
  const form = (answer: string) => answerCore(answer, question).form;
  for (const answer of [
    'unknown',
    'unclear',
    "I'm sorry, but I cannot answer this question based on the passages provided",
    'N/A',
    'Unanswerable',
    'Not specified',
    'not mentioned in the passages',
    'The answer cannot be determined from the context',
    'I cannot answer the question',
    'The passages do not mention who the dean was',
    'There is no information about the dean',
  ])
    assert.equal(form(answer), 'unknown', answer);
  for (const answer of [
    'Hanna Imber',
    'No',
    'none',
    'He was not a dean',
    'Nothing Known of Him, a novel',
    'The Unknown Soldier',
  ])
    assert.notEqual(form(answer), 'unknown', answer);
});
