import { isCorrection } from '../clusters/questionClusters.ts';
import type { AnswerClusters } from '../clusters/answerClusters.ts';
import type { ActiveOverride } from '../preference/decisions.ts';
import type { QuestionState } from '../preference/studyPairs.ts';
import type { TrajectoryEntry } from '../study/entries.ts';

/**
 * A question as a reviewer sees it who is to judge unswayed: without scores, without the pair of policy or dataset, without
 * what others decided, their corrections of answers included. What is left of the pair are the reviewer's own sides.
 */
export function blindState(state: QuestionState, me: string): QuestionState {
  const { questionId } = state;
  const isOwn = ({ reviewer }: { reviewer: string }) => reviewer === me;
  const opinion = state.pair.opinions.find(isOwn);
  const own = opinion?.own;
  const pair: QuestionState['pair'] = {
    chosen: sideOf(own?.chosen),
    rejected: sideOf(own?.rejected),
    more: [],
    policy: { chosen: undefined, rejected: undefined },
    margin: undefined,
    opinions: opinion ? [opinion] : [],
    disputed: false,
    leftOut: own?.leaveOut ? 'both_bad' : undefined,
  };
  const inForce = state.inForce.filter(isOwn);
  const corrected = state.inForce.some((decision) => isCorrection(decision) && !isOwn(decision));
  let made: AnswerClusters | undefined;
  return {
    questionId,
    get trajectories() {
      return withoutDataset(state.trajectories);
    },
    score: undefined,
    decisions: state.decisions.filter(isOwn),
    inForce,
    pair,
    get clusters() {
      return corrected ? (made ??= state.clustersUnder(inForce)) : state.clusters;
    },
    clustersUnder: (decisions, trajectories) => state.clustersUnder(decisions, trajectories),
    pairUnder: () => pair,
  };
}

/** A dataset that answers came from says which side each is, and sometimes its score. */
function withoutDataset(entries: readonly TrajectoryEntry[]): readonly TrajectoryEntry[] {
  if (entries[0]?.imported === undefined) return entries;
  return entries.map((entry) => {
    const seen = { ...entry };
    delete seen.imported;
    return seen;
  });
}

function sideOf(override: ActiveOverride | undefined): QuestionState['pair']['chosen'] {
  return override && { index: override.index, override: override.decision };
}
