import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { answerForm, isNear } from '../../../src/clusters/nearEqual.ts';
import { NearForms } from '../../../src/clusters/nearForms.ts';

const word = fc.constantFrom(
  ...['wye', 'thomas', 'harbor', 'harbour', 'harbro', 'harpour', 'meters', 'metres', '12', '12a'],
  ...['no', 'a', 'é', '😀', 'carbor'],
);
const text = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '));

test('whatever is near an answer is found among many, in the order in which they came', () => {
  fc.assert(
    fc.property(fc.uniqueArray(text, { maxLength: 40 }), text, (texts, wanted) => {
      const forms = new NearForms<{ form: ReturnType<typeof answerForm>; place: number }>();
      const all = texts.map((answer, place) => ({ form: answerForm(answer), place }));
      for (const one of all) forms.add(one);
      const form = answerForm(wanted);
      const found = forms.like({ form });
      assert.deepEqual(
        found.filter((one) => isNear(one.form, form)),
        all.filter((one) => isNear(one.form, form)),
      );
      const places = found.map(({ place }) => place);
      assert.deepEqual(
        places,
        [...places].sort((a, b) => a - b),
      );
    }),
    { seed: 11, numRuns: 400 },
  );
});

test('answers without a word in common and with other first letters are not compared', () => {
  const forms = new NearForms<{ form: ReturnType<typeof answerForm> }>();
  for (const answer of ['ada morven', 'thomas wye', 'bela'])
    forms.add({ form: answerForm(answer) });
  const found = forms.like({ form: answerForm('thomas w') });
  assert.deepEqual(
    found.map(({ form }) => form.text),
    ['thomas wye'],
  );
});
