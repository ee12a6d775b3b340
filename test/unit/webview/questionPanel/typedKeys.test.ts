import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TypedKeys } from '../../../../webview/questionPanel/typedKeys.ts';

test('what comes before the editor knew that something is typed is not acted on, also when it is typed no more', () => {
  const typed = new TypedKeys();
  typed.told(false);
  assert.equal(typed.mayAct, false, 'the panel had the focus');
  typed.told(true);
  typed.told(false);
  assert.equal(typed.mayAct, true, 'the field has closed, and the editor knows of neither');
  typed.answered();
  assert.equal(typed.mayAct, true);
  typed.answered();
  assert.equal(typed.mayAct, false, 'it knew of the field before it could ask for anything else');
});

test('an answer that never comes keeps keys from acting for seconds, not for ever', () => {
  let now = 0;
  const typed = new TypedKeys(() => now);
  typed.told(true);
  typed.told(false);
  now = 4_000;
  assert.equal(typed.mayAct, true, 'a busy host may still answer');
  now = 6_000;
  assert.equal(typed.mayAct, false);
  typed.told(true);
  assert.equal(typed.mayAct, true, 'what is told later is waited for anew');
  typed.answered();
  assert.equal(typed.mayAct, false, 'and its answer is not taken for one to what was given up');
});
