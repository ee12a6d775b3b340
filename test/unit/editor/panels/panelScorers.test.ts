import assert from 'node:assert/strict';
import { test } from 'node:test';
import { panelScorers } from '../../../../src/editor/panels/panelScorers.ts';
import type { ScorerName } from '../../../../src/study/config.ts';
import type { ScoreEntry } from '../../../../src/study/entries.ts';
import { questionState } from '../../../support/questionState.ts';

const { trajectories, score } = questionState([0.1, 0.2, 0.3]);

function by(...scores: [ScorerName, number[]][]): Map<ScorerName, ScoreEntry> {
  return new Map(
    scores.map(([scorer, values]) => [scorer, { ...score, scorer, scores: values } as ScoreEntry]),
  );
}

test('winners are told once for all scorers that chose the same text, the most agreed first', () => {
  const twins = trajectories.map((entry) =>
    entry.index === 2 ? { ...entry, text: 'digest 1' } : entry,
  );
  const shown = panelScorers(
    by(['mbr_embedding', [1, 0, 0]], ['mbr_rouge', [0, 1, 0]], ['random', [0, 0, 1]]),
    twins,
  );
  assert.deepEqual(shown?.winners, [
    { indices: [1, 2], scorers: ['mbr_rouge', 'random'] },
    { indices: [0], scorers: ['mbr_embedding'] },
  ]);
  assert.equal(shown.pairs.length, 3);
  assert.deepEqual(shown.scorers[1]?.standings[1], { index: 1, score: 1, rank: 1 });
});

test('there is nothing to compare for one scorer, or none', () => {
  assert.equal(panelScorers(by(['random', [1, 2, 3]]), trajectories), null);
  assert.equal(panelScorers(new Map(), trajectories), null);
});
