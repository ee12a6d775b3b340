import { SealongError } from '../errors.ts';
import { seededRank } from '../random.ts';
import { readMatrix } from '../scoring/matrixFile.ts';
import type { ScoreEntry } from '../study/entries.ts';
import type { Study } from '../study/study.ts';
import { QuestionStates, type QuestionState } from './studyPairs.ts';
import type { StudyView } from './studyView.ts';

/** A part of a study's pairs, as the paper's Figures 3 and 4 vary it. */
export interface Subset {
  /** Questions that give pairs; each smaller set lies in every larger one of the same seed. */
  examples?: number | undefined;
  /** Samples a question: the first n, scored among themselves. */
  n?: number | undefined;
  seed: number;
}

/**
 * The questions of a subset, in the order that they came in: drawn by seed and id alone, so that a smaller number gives a part of
 * what a larger one gives.
 *
 * @throws SealongError `too_few_pairs`.
 */
export function subsetOf(
  states: readonly QuestionState[],
  { examples, seed }: Subset,
): readonly QuestionState[] {
  if (examples === undefined) return states;
  if (examples > states.length)
    throw new SealongError(
      'too_few_pairs',
      `${examples} examples are asked for, and ${states.length} questions give a pair. Sample and score more questions, or ask for fewer.`,
    );
  const rank = seededRank(seed, 'examples');
  const drawn = states
    .map(({ questionId }) => questionId)
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const chosen = new Set(drawn.slice(0, examples));
  return states.filter(({ questionId }) => chosen.has(questionId));
}

/**
 * A study as it would be with n samples a question: its first n. MBR scores are means of the utilities among these (paper, equation 2);
 * scores that look at each sample by itself stay.
 *
 * @throws SealongError `too_few_samples`, `no_utilities`.
 */
export async function withFirstSamples(
  study: Study,
  view: StudyView,
  n: number,
): Promise<StudyView> {
  const { index, selection } = view;
  const { sampling, scorer, scoring } = selection;
  const scores = new Map<string, ScoreEntry>();
  for (const id of index.questions.keys()) {
    const taken = index.trajectories(id, sampling).filter((entry) => entry.index < n).length;
    const score = index.currentScore(id, { scorer, scoring, sampling });
    if (!score) continue;
    if (taken < n)
      throw new SealongError(
        'too_few_samples',
        `Question ${id} has ${taken} of the first ${n} samples. Sample more (sampling.n), and score again.`,
      );
    scores.set(id, await scoresOfFirst(study, score, n));
  }
  const states = new QuestionStates(index, study.config, selection, undefined, { n, scores });
  return { ...view, states };
}

async function scoresOfFirst(study: Study, score: ScoreEntry, n: number): Promise<ScoreEntry> {
  const rows = [...score.indices.keys()].filter((row) => (score.indices[row] ?? n) < n);
  const indices = rows.map((row) => score.indices[row] ?? 0);
  const size = score.indices.length;
  const all = rows.length === size;
  if (all || !score.matrix)
    return { ...score, indices, scores: rows.map((row) => score.scores[row] ?? 0) };
  const matrix = await readMatrix(study.paths.matrixFile(score.scorer), score.matrix);
  if (!matrix)
    throw new SealongError(
      'no_utilities',
      `The utilities of question ${score.questionId} are lost, of which its scores among ${n} samples are made. Run "sealong score" first.`,
    );
  // A judgement that could not be read is no utility, and a text with none but its own has no score.
  const means = rows.map((row) => {
    const known = rows
      .map((reference) => matrix[row * size + reference] ?? NaN)
      .filter((utility) => !Number.isNaN(utility));
    const isJudged = known.length > 1 || rows.length === 1;
    return isJudged ? known.reduce((sum, utility) => sum + utility, 0) / known.length : NaN;
  });
  const scored = [...rows.keys()].filter((at) => !Number.isNaN(means[at] ?? NaN));
  return {
    ...score,
    indices: scored.map((at) => indices[at] ?? 0),
    scores: scored.map((at) => means[at] ?? 0),
  };
}
