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
