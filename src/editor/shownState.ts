import type { QuestionState } from '../preference/studyPairs.ts';
import { blindNumbers, renumbered, type BlindNumbers } from '../review/blindNumbers.ts';
import { blindState } from '../review/blindState.ts';
import type { OpenStudy } from './store/openStudy.ts';

/**
 * A question as its reviewer is to see it: whatever the editor shows, lists or says of one comes from here, and indices that
 * it names are those of this state.
 */
export function shownState(
  study: Pick<OpenStudy, 'blind' | 'state'>,
  questionId: string,
  reviewer: string,
): QuestionState {
  return shownTo(reviewer, study, study.state(questionId));
}

/** The same of a state at hand. */
export function shownTo(
  reviewer: string,
  { blind }: Pick<OpenStudy, 'blind'>,
  state: QuestionState,
): QuestionState {
  if (!blind) return state;
  const numbers = blindNumbers(state, reviewer);
  const seen = blindState(state, reviewer);
  return numbers ? renumbered(seen, numbers) : seen;
}

/** How the indices of a shown question are related to those of the files; undefined where they are the same. */
export function shownNumbers(
  study: Pick<OpenStudy, 'blind' | 'state'>,
  questionId: string,
  reviewer: string,
): BlindNumbers | undefined {
  return study.blind ? blindNumbers(study.state(questionId), reviewer) : undefined;
}
