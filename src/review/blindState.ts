import type { ActiveOverride } from '../preference/decisions.ts';
import type { QuestionState } from '../preference/studyPairs.ts';

/**
 * A question as a reviewer sees it who is to judge unswayed: without scores, without the policy's pair, without what others
 * decided. What is left of the pair are the reviewer's own sides.
 */
export function blindState(state: QuestionState, me: string): QuestionState {
  const { questionId, trajectories } = state;
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
  return {
    questionId,
    trajectories,
    score: undefined,
    decisions: state.decisions.filter(isOwn),
    inForce: state.inForce.filter(isOwn),
    pair,
    get clusters() {
      return state.clusters;
    },
    pairUnder: () => pair,
  };
}

function sideOf(override: ActiveOverride | undefined): QuestionState['pair']['chosen'] {
  return override && { index: override.index, override: override.decision };
}
