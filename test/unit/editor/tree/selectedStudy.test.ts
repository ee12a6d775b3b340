import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SelectedStudy } from '../../../../src/editor/tree/selectedStudy.ts';

test('the selected study is remembered while VS Code, asking for the rows anew, names none', () => {
  const view: { selection: { dir: string }[] } = { selection: [] };
  const selected = new SelectedStudy(view);
  assert.equal(selected.dir, undefined);
  view.selection = [{ dir: '/b' }];
  assert.equal(selected.dir, '/b');
  view.selection = [];
  assert.equal(selected.dir, '/b');
  view.selection = [{ dir: '/a' }];
  assert.equal(selected.dir, '/a');
});
