import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trajectoryRow } from '../../../../src/editor/tree/trajectoryRow.ts';
import type { TrajectoryEntry } from '../../../../src/study/entries.ts';
import { questionState } from '../../../support/questionState.ts';

test('a trajectory says in words and by its icon what speaks against it', () => {
  const state = questionState([0.9, 0.8, 0.7, 0.6, 0.5, null]);
  const change = (index: number, more: Partial<TrajectoryEntry>) => {
    const entry = state.trajectories[index];
    assert.ok(entry);
    Object.assign(entry, more);
  };
  change(1, { text: state.trajectories[0]?.text ?? '' });
  change(2, { refused: true, attempts: 3 });
  change(3, { characters: 0 });
  change(5, { error: 'lab: the prompt does not fit' });
  const shown = state.trajectories.map((entry) => {
    const { description, icon, contextValue, details } = trajectoryRow(entry, state, {
      blind: false,
    });
    return { description, icon: icon.id, contextValue, details: details?.() ?? [] };
  });
  const words = shown.map(({ description }) => description.split(' · ').at(-1));
  assert.deepEqual(words.slice(1, 4), ['duplicate', 'refused', 'empty']);
  assert.equal(words[5], 'failed');
  assert.equal(shown[2]?.contextValue.includes('refused'), true);
  assert.equal(shown[5]?.icon, 'error');
  const terms = (at: number) =>
    Object.fromEntries(shown[at]?.details.map((d) => [d.term, d.value]) ?? []);
  assert.equal(terms(2)['Attempts'], '3; retries shift what is sampled');
  assert.equal(terms(5)['Error'], 'lab: the prompt does not fit');
});
