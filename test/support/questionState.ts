import { decisionsByQuestion } from '../../src/preference/decisions.ts';
import { questionState as stateOf, type QuestionState } from '../../src/preference/studyPairs.ts';
import type { DecisionRecord } from '../../src/records/schemas.ts';
import type { Selection } from '../../src/scoring/selection.ts';
import type { ScoreEntry, TrajectoryEntry } from '../../src/study/entries.ts';

export const selection: Selection = {
  sampling: 's',
  otherSampling: false,
  scorer: 'mbr_embedding',
  scoring: 'c',
};

/** The state of a question `q` with these scores by index; a failed trajectory has the score `null`. */
export function questionState(
  scores: readonly (number | null)[],
  decisions: readonly DecisionRecord[] = [],
  more: Partial<ScoreEntry> = {},
): QuestionState {
  const trajectories = scores.map((score, index): TrajectoryEntry => ({
    questionId: 'q',
    index,
    sampling: 's',
    finishReason: score === null ? 'error' : 'stop',
    completionTokens: 7,
    text: `digest ${index}`,
    characters: 10,
    offset: 0,
    length: 0,
  }));
  const indices = scores.flatMap((score, index) => (score === null ? [] : [index]));
  const score: ScoreEntry | undefined =
    indices.length === 0
      ? undefined
      : {
          questionId: 'q',
          scorer: 'mbr_embedding',
          config: 'c',
          sampling: 's',
          indices,
          scores: scores.filter((value) => value !== null),
          texts: undefined,
          truncated: [],
          matrix: { offset: 0, size: indices.length, sha256: '' },
          ...more,
        };
  const inOrder = decisionsByQuestion(decisions).get('q') ?? [];
  const state = stateOf({
    questionId: 'q',
    question: '',
    sampling: 's',
    trajectories: () => trajectories,
    score,
    policy: { rejected: 'random_lower_half', seed: 42 },
    settlement: { rule: 'latest' },
    decisions: inOrder,
  });
  // Its parts, so that a test can put others in their place.
  const { questionId, pair, inForce } = state;
  return {
    ...{ questionId, trajectories, score, decisions: inOrder, inForce, pair },
    clusters: state.clusters,
    clustersUnder: (those, of) => state.clustersUnder(those, of),
    pairUnder: (change) => state.pairUnder(change),
  };
}
