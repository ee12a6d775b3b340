import { pairedStates } from '../preference/pairs.ts';
import { ranking } from '../preference/pair.ts';
import { PairStatistics, type PairSetSummary } from '../preference/pairStatistics.ts';
import { settlementOf, type QuestionState } from '../preference/studyPairs.ts';
import { viewStudy } from '../preference/studyView.ts';
import { problemText, readRecordAt } from '../records/jsonl.ts';
import { trajectorySchema } from '../records/schemas.ts';
import { QualityCounts, type Quality } from '../sampling/quality.ts';
import { reviewSummary, type ReviewSummary } from '../review/reviewSummary.ts';
import type { Stage } from '../stage.ts';
import { isFailed, isTruncated } from '../study/entries.ts';
import type { Study } from '../study/study.ts';
import { datasetReport, type DatasetReport } from '../synthesis/datasetReport.ts';
import { allClustered } from './answers.ts';
import { compareScorers, type ScorerComparison } from './compareScorers.ts';
import { subEm } from './subEm.ts';

/** Mean SubEM x 100 over the questions that have gold answers and the thing measured; null where there are none. */
export interface SubEmReport {
  /** Questions with gold answers and at least one trajectory. */
  questions: number;
  /** Expected SubEM of a trajectory taken at random: the mean over all. */
  random: number | null;
  /** The trajectory with the highest MBR score, whatever reviewers decided. */
  mbr: number | null;
  chosen: number | null;
  rejected: number | null;
  /** Best of the N. */
  oracle: number | null;
  n: number;
}

export interface ReportSummary {
  stage: 'report';
  study: string;
  scorer: string;
  sampling: string;
  counts: {
    questions: number;
    expected: number;
    trajectories: number;
    failed: number;
    truncated: number;
    scored_questions: number;
    /** Trajectories of which the scorer's model took only the beginning. */
    scored_in_part: number;
    pairs: number;
    overridden: number;
    left_out: Record<string, number>;
  };
  /** Mean tokens of what the server counted; null where it counted nothing. */
  lengths: {
    context_tokens: number | null;
    trajectory_tokens: number | null;
    chosen_tokens: number | null;
    rejected_tokens: number | null;
  };
  /** Of all samples under the sampling parameters in use; lengths in tokens. */
  quality: Quality;
  margin: { mean: number | null; min: number | null; max: number | null };
  /** Length bias and final answers of the pairs. */
  pairs: PairSetSummary;
  review: ReviewSummary;
  /** Null where the study has no gold answers. */
  sub_em: SubEmReport | null;
  /** The questions as a data set (paper, Tables 3 and 6). */
  dataset: DatasetReport;
  /** Where asked for. */
  scorers?: ScorerComparison;
}

/**
 * Counts, lengths and, where gold answers exist, SubEM of what the method chose (the public code's report).
 *
 * @param options.scorers whether to compare all scorers as well.
 */
export async function* report(
  study: Study,
  options: { scorers?: boolean; signal: AbortSignal },
): Stage<ReportSummary> {
  const view = await viewStudy(study, options.signal);
  const { answers, problems } = await allClustered(study);
  const { warnings, ...dataset } = await datasetReport(study, options.signal);
  const told = new Set([...view.warnings, ...problems.map(problemText), ...warnings]);
  for (const message of told) yield { type: 'warning', message };

  const { states: paired, ...counts } = pairedStates(view);
  const states = [...view.index.questions.keys()].map((id) => view.states.of(id));
  const trajectories = states.flatMap((state) => state.trajectories);
  const tokens = (state: QuestionState, side: 'chosen' | 'rejected') =>
    state.trajectories.find((entry) => entry.index === state.pair[side]?.index)?.completionTokens ??
    undefined;
  const quality = new QualityCounts();
  for (const state of states) quality.add(state.trajectories);
  const statistics = new PairStatistics();
  for (const state of paired) statistics.add(state);
  const margins = paired.flatMap((state) => state.pair.margin ?? []);

  const summary: ReportSummary = {
    stage: 'report',
    study: study.name,
    scorer: view.selection.scorer,
    sampling: view.selection.sampling,
    counts: {
      questions: states.length,
      expected: states.length * (view.selection.imported ?? study.config.sampling.n),
      trajectories: trajectories.length,
      failed: trajectories.filter(isFailed).length,
      truncated: trajectories.filter(isTruncated).length,
      scored_questions: states.filter((state) => state.score !== undefined).length,
      scored_in_part: states.reduce((sum, { score }) => sum + (score?.truncated.length ?? 0), 0),
      pairs: paired.length,
      overridden: counts.overridden,
      left_out: counts.left_out,
    },
    lengths: {
      context_tokens: mean([...view.index.questions.values()].map((entry) => entry.contextTokens)),
      trajectory_tokens: mean(trajectories.flatMap((entry) => entry.completionTokens ?? [])),
      chosen_tokens: mean(paired.flatMap((state) => tokens(state, 'chosen') ?? [])),
      rejected_tokens: mean(paired.flatMap((state) => tokens(state, 'rejected') ?? [])),
    },
    quality: quality.quality(),
    margin: {
      mean: mean(margins),
      min: margins.length > 0 ? margins.reduce((a, b) => Math.min(a, b)) : null,
      max: margins.length > 0 ? margins.reduce((a, b) => Math.max(a, b)) : null,
    },
    pairs: statistics.summary(),
    review: reviewSummary(states, settlementOf(study.config)),
    sub_em: null,
    dataset,
  };
  const measured: Measured[] = [];
  if (answers.size > 0) {
    for (const [done, state] of states.entries()) {
      options.signal.throwIfAborted();
      yield { type: 'progress', done, total: states.length, unit: 'questions' };
      const gold = answers.get(state.questionId);
      if (gold) measured.push(...(await measure(study, state, gold)));
    }
    summary.sub_em = subEmReport(measured, study.config.sampling.n);
  }
  if (options.scorers === true) {
    const subEms = new Map(measured.map(({ state, byIndex }) => [state.questionId, byIndex]));
    summary.scorers = yield* compareScorers(
      study,
      view,
      { subEm: subEms, answers },
      options.signal,
    );
  }
  yield { type: 'done', summary };
}

interface Measured {
  /** SubEM by index. */
  byIndex: Map<number, number>;
  best: number | undefined;
  state: QuestionState;
}

async function measure(study: Study, state: QuestionState, gold: string[]): Promise<Measured[]> {
  const byIndex = new Map<number, number>();
  for (const entry of state.trajectories) {
    if (isFailed(entry)) continue;
    const { text } = await readRecordAt(study.paths.trajectories, entry, trajectorySchema);
    byIndex.set(entry.index, subEm(text, gold));
  }
  return byIndex.size === 0 ? [] : [{ byIndex, best: ranking(state.score)[0], state }];
}

function subEmReport(measured: readonly Measured[], n: number): SubEmReport {
  const percent = (values: readonly number[]) => {
    const value = mean(values);
    return value === null ? null : value * 100;
  };
  const of = (pick: (item: Measured) => number | undefined) =>
    percent(
      measured.flatMap((item) => {
        const index = pick(item);
        return index === undefined ? [] : (item.byIndex.get(index) ?? []);
      }),
    );
  const paired = (side: 'chosen' | 'rejected') => (item: Measured) =>
    item.state.pair.leftOut ? undefined : item.state.pair[side]?.index;
  return {
    questions: measured.length,
    random: percent(measured.map(({ byIndex }) => mean([...byIndex.values()]) ?? 0)),
    mbr: of((item) => item.best),
    chosen: of(paired('chosen')),
    rejected: of(paired('rejected')),
    oracle: percent(measured.map(({ byIndex }) => Math.max(...byIndex.values()))),
    n,
  };
}

function mean(values: readonly number[]): number | null {
  return values.length > 0 ? values.reduce((a, b) => a + b, 0) / values.length : null;
}
