import type { Stage } from '../stage.ts';
import type { Study } from '../study/study.ts';
import { sidesOf, type Choice, type LeftOut } from './pair.ts';
import type { QuestionState } from './studyPairs.ts';
import { viewStudy, type StudyView } from './studyView.ts';

export type PairSource = 'policy' | 'dataset';

/** A pair as it is printed: indices and scores, no texts. */
export interface PairRow {
  question_id: string;
  chosen: number;
  rejected: number;
  chosen_score: number | null;
  rejected_score: number | null;
  margin: number | null;
  /** `policy`, `dataset` where another one came with its sides, or the reviewer who decided. */
  chosen_by: string;
  rejected_by: string;
}

export interface PairsSummary {
  stage: 'pairs';
  /** Null where no question is scored, as in a study of another dataset that says the sides itself. */
  scorer: string | null;
  sampling: string;
  questions: number;
  left_out: Partial<Record<LeftOut, number>>;
  overridden: number;
  pairs: PairRow[];
}

/** The pairs that an export would hold: the study's policy with the reviewers' decisions on top. */
export async function* pairs(study: Study, options: { signal: AbortSignal }): Stage<PairsSummary> {
  const view = await viewStudy(study, options.signal);
  for (const message of view.warnings) yield { type: 'warning', message };
  const { states, ...counts } = pairedStates(view);
  yield {
    type: 'done',
    summary: { stage: 'pairs', ...counts, pairs: states.flatMap(pairRows) },
  };
}

/**
 * The questions that give a pair, and why the others do not.
 *
 * @param takes `answers` where one that is chosen is enough: then a dataset's single answers are not left out.
 */
export function pairedStates(view: StudyView, takes: 'pairs' | 'answers' = 'pairs') {
  const states: QuestionState[] = [];
  const leftOut: Partial<Record<LeftOut, number>> = {};
  let overridden = 0;
  let scored = false;
  for (const questionId of view.index.questions.keys()) {
    const state = view.states.of(questionId);
    scored ||= state.score !== undefined;
    const reason = state.pair.leftOut;
    if (reason && !(reason === 'one_answer' && takes === 'answers'))
      leftOut[reason] = (leftOut[reason] ?? 0) + 1;
    else {
      states.push(state);
      if (state.pair.chosen?.override ?? state.pair.rejected?.override) overridden += 1;
    }
  }
  return {
    scorer: scored ? view.selection.scorer : null,
    sampling: view.selection.sampling,
    questions: view.index.questions.size,
    left_out: leftOut,
    overridden,
    states,
  };
}

/** Who takes a question's pair where no reviewer does: the dataset that it came from with its sides, or the policy. */
export function pairSource({ trajectories }: Pick<QuestionState, 'trajectories'>): PairSource {
  return trajectories.some((entry) => entry.imported !== undefined) ? 'dataset' : 'policy';
}

/** None where the question gives no pair, several where the policy takes several. */
export function pairRows({ questionId, pair, score, trajectories }: QuestionState): PairRow[] {
  const scoreOf = (index: number) =>
    score?.scores[score.indices.indexOf(index)] ??
    trajectories.find((entry) => entry.index === index)?.imported?.score ??
    null;
  const source = pairSource({ trajectories });
  const by = (side: Choice | undefined, index: number) =>
    (side?.index === index ? side.override?.reviewer : undefined) ?? source;
  return sidesOf(pair).map(({ chosen, rejected }) => {
    const [high, low] = [scoreOf(chosen), scoreOf(rejected)];
    return {
      question_id: questionId,
      chosen,
      rejected,
      chosen_score: high,
      rejected_score: low,
      margin: high === null || low === null ? null : high - low,
      chosen_by: by(pair.chosen, chosen),
      rejected_by: by(pair.rejected, rejected),
    };
  });
}
