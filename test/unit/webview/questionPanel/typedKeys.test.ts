import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TypedKeys } from '../../../../webview/questionPanel/typedKeys.ts';

test('what comes before the editor knew that something is typed is not acted on, also when it is typed no more', () => {
  const typed = new TypedKeys();
  typed.told(false);
  assert.equal(typed.takes([]), false, 'the panel had the focus');
  typed.told(true);
  typed.told(false);
  assert.equal(typed.takes([]), true, 'the field has closed, and the editor knows of neither');
  typed.answered();
  assert.equal(typed.takes([]), true);
  typed.answered();
  assert.equal(
    typed.takes([]),
    false,
    'it knew of the field before it could ask for anything else',
  );
});

test('an answer that never comes keeps keys from acting for seconds, not for ever', () => {
  let now = 0;
  const typed = new TypedKeys(() => now);
  typed.told(true);
  typed.told(false);
  now = 4_000;
  assert.equal(typed.takes([]), true, 'a busy host may still answer');
  now = 6_000;
  assert.equal(typed.takes([]), false);
  typed.told(true);
  assert.equal(typed.takes([]), true, 'what is told later is waited for anew');
  typed.answered();
  assert.equal(typed.takes([]), false, 'and its answer is not taken for one to what was given up');
});

test('what a letter asks for that comes long after it was typed is not acted on, unless the letter was pressed again', () => {
  let now = 0;
  const typed = new TypedKeys(() => now);
  typed.told(true);
  for (const key of ['b', 'o', 't']) typed.pressed(key, true);
  assert.equal(typed.takes(['b']), true, 'at once');
  typed.answered();
  typed.pressed('h', true);
  typed.told(false);
  typed.answered();
  assert.equal(typed.takes(['o']), true, 'a command used for the first time comes late');
  assert.equal(typed.takes(['o']), false, 'and once');
  assert.equal(typed.takes(['h']), false, 'the editor knew already');
  typed.pressed('t', false);
  assert.equal(typed.takes(['t']), false, 'it is meant now');

  typed.told(true);
  typed.pressed('Shift+J', true);
  typed.answered();
  now = 6_000;
  assert.equal(typed.takes(['Shift+J']), false, 'nothing comes so late');
});
