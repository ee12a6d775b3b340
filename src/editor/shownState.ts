import type { QuestionState } from '../preference/studyPairs.ts';
import { blindState } from '../review/blindState.ts';
import type { OpenStudy } from './store/openStudy.ts';

/** A question as its reviewer is to see it: whatever the editor shows, lists or says of one comes from here. */
export function shownState(
  study: Pick<OpenStudy, 'blind' | 'state'>,
  questionId: string,
  reviewer: string,
): QuestionState {
  const state = study.state(questionId);
  return study.blind ? blindState(state, reviewer) : state;
}
