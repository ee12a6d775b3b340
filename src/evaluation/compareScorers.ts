import { ranking } from '../preference/pair.ts';
import type { StudyView } from '../preference/studyView.ts';
import { readRecordAt } from '../records/jsonl.ts';
import { trajectorySchema } from '../records/schemas.ts';
import { samplingOf } from '../sampling/parameters.ts';
import { breathing } from '../scoring/breath.ts';
import { readMatrix } from '../scoring/matrixFile.ts';
import type { StageProgress, StageWarning } from '../stage.ts';
import { SCORERS, type ScorerName } from '../study/config.ts';
import { isFailed, type TrajectoryEntry } from '../study/entries.ts';
import type { Study } from '../study/study.ts';
import { BestOfN, ORACLE, type BestOfPoint, type ScoredPositions } from './bestOfN.ts';
import { pairAgreement, scoresByScorer, type ScoresByScorer } from './questionAgreement.ts';
import { subEm } from './subEm.ts';

/** How two scorers see the same trajectories, over the questions that both scored. */
export interface ScorerAgreement {
  scorers: [ScorerName, ScorerName];
  questions: number;
  /** Share of questions whose two winners have the same text, 0..1. */
  same_winner: number | null;
  /** Mean Spearman correlation over the questions where it is defined, -1..1. */
  rank_correlation: number | null;
}

/** A row of the paper's Table 7: SubEM x 100 over the questions with gold answers that every scorer scored. */
export interface ScorerSubEm {
  questions: number;
  /** Most trajectories of a question. */
  n: number;
  random: number;
  /** Of the same model and prompt at temperature 0; null where not every question was sampled so. */
  greedy: number | null;
  winners: { scorer: ScorerName; value: number }[];
  oracle: number;
}

/** The paper's Figure 1 for this study. */
export interface BestOfCurves {
  questions: number;
  draws: number;
  lines: { name: string; points: BestOfPoint[] }[];
}

export interface ScorerComparison {
  scorers: { scorer: ScorerName; questions: number }[];
  /** The trajectory that each scorer puts first. */
  winners: { question_id: string; by: Partial<Record<ScorerName, number>> }[];
  agreement: ScorerAgreement[];
  /** Null where there are no gold answers, or no question that every scorer scored. */
  sub_em: ScorerSubEm | null;
  best_of: BestOfCurves | null;
}

const DRAWS = 100;

/** A question with what each scorer said of it. */
interface Seen {
  questionId: string;
  trajectories: TrajectoryEntry[];
  scores: ScoresByScorer;
}

/**
 * Compares all scorers that have scored the study's trajectories.
 *
 * @param measured SubEM by question id, then index; only of questions with gold answers.
 */
export async function* compareScorers(
  study: Study,
  view: StudyView,
  measured: {
    subEm: ReadonlyMap<string, ReadonlyMap<number, number>>;
    answers: ReadonlyMap<string, string[]>;
  },
  signal: AbortSignal,
): AsyncGenerator<StageProgress | StageWarning, ScorerComparison, undefined> {
  const breath = breathing(signal);
  const seen: Seen[] = [];
  for (const questionId of view.index.questions.keys()) {
    await breath();
    seen.push(seenBy(study, view, questionId));
  }
  const scorers = SCORERS.map((scorer) => ({
    scorer,
    questions: seen.filter(({ scores }) => scores.has(scorer)).length,
  })).filter(({ questions }) => questions > 0);
  const names = scorers.map(({ scorer }) => scorer);
  const agreement: ScorerAgreement[] = [];
  for (const [at, a] of names.entries())
    for (const b of names.slice(at + 1)) {
      await breath();
      agreement.push(agreementOf(a, b, seen));
    }
  const compared = seen.filter(
    ({ questionId, scores }) =>
      measured.subEm.has(questionId) && names.every((name) => scores.has(name)),
  );
  const judged = names.length > 0 && compared.length > 0;
  return {
    scorers,
    winners: seen.flatMap(({ questionId, scores }) =>
      scores.size === 0 ? [] : [{ question_id: questionId, by: winnersBy(scores) }],
    ),
    agreement,
    sub_em: judged
      ? {
          ...table(compared, names, measured.subEm),
          greedy: await greedySubEm(study, view, compared, measured.answers),
        }
      : null,
    best_of: judged ? yield* curves(study, compared, names, measured.subEm, signal) : null,
  };
}

function seenBy(study: Study, { index, selection }: StudyView, questionId: string): Seen {
  const { sampling } = selection;
  const trajectories = index.trajectories(questionId, sampling);
  return {
    questionId,
    trajectories: trajectories.filter((entry) => !isFailed(entry)),
    scores: scoresByScorer(index, study.config, { questionId, sampling }),
  };
}

function winnersBy(scores: Seen['scores']): Partial<Record<ScorerName, number>> {
  return Object.fromEntries(
    [...scores].flatMap(([scorer, score]) => {
      const [winner] = ranking(score);
      return winner === undefined ? [] : [[scorer, winner]];
    }),
  );
}

function agreementOf(a: ScorerName, b: ScorerName, seen: readonly Seen[]): ScorerAgreement {
  const pairs = seen.flatMap(({ trajectories, scores }) =>
    scores.has(a) && scores.has(b) ? [pairAgreement([a, b], scores, trajectories)] : [],
  );
  const same = pairs.filter(({ sameWinner }) => sameWinner).length;
  const correlations = pairs.flatMap(({ spearman }) => spearman ?? []);
  return {
    scorers: [a, b],
    questions: pairs.length,
    same_winner: pairs.length > 0 ? same / pairs.length : null,
    rank_correlation: correlations.length > 0 ? mean(correlations) : null,
  };
}

function table(
  compared: readonly Seen[],
  names: readonly ScorerName[],
  subEms: ReadonlyMap<string, ReadonlyMap<number, number>>,
): Omit<ScorerSubEm, 'greedy'> {
  const percent = (value: (byIndex: ReadonlyMap<number, number>, of: Seen) => number) =>
    100 * mean(compared.map((of) => value(subEms.get(of.questionId) ?? new Map(), of)));
  return {
    questions: compared.length,
    n: Math.max(...compared.map(({ trajectories }) => trajectories.length)),
    random: percent((byIndex) => mean([...byIndex.values()])),
    winners: names.map((scorer) => ({
      scorer,
      value: percent(
        (byIndex, { scores }) => byIndex.get(ranking(scores.get(scorer))[0] ?? -1) ?? 0,
      ),
    })),
    oracle: percent((byIndex) => Math.max(...byIndex.values())),
  };
}

/** SubEM of trajectory 0 sampled at temperature 0 with all other parameters as they are. */
async function greedySubEm(
  study: Study,
  { index }: StudyView,
  compared: readonly Seen[],
  answers: ReadonlyMap<string, string[]>,
): Promise<number | null> {
  const sampling = { ...study.config.sampling, temperature: 0 };
  const { hash } = await samplingOf({ ...study, config: { ...study.config, sampling } });
  if (!index.samplings.has(hash)) return null;
  const values: number[] = [];
  for (const { questionId } of compared) {
    const entry = index.trajectories(questionId, hash).find((of) => !isFailed(of));
    if (!entry) return null;
    const { text } = await readRecordAt(study.paths.trajectories, entry, trajectorySchema);
    values.push(subEm(text, answers.get(questionId) ?? []));
  }
  return 100 * mean(values);
}

async function* curves(
  study: Study,
  compared: readonly Seen[],
  names: readonly ScorerName[],
  subEms: ReadonlyMap<string, ReadonlyMap<number, number>>,
  signal: AbortSignal,
): AsyncGenerator<StageProgress | StageWarning, BestOfCurves, undefined> {
  const breath = breathing(signal);
  // A scorer at random has the expectation of one sample, whatever N.
  const drawn = names.filter((name) => name !== 'random');
  const best = new BestOfN({
    n: Math.max(...compared.map(({ trajectories }) => trajectories.length)),
    names: drawn,
    draws: DRAWS,
    seed: study.config.pairs.seed,
  });
  const lost = new Set<ScorerName>();
  for (const [done, { questionId, trajectories, scores }] of compared.entries()) {
    yield { type: 'progress', done, total: compared.length, unit: 'questions' };
    await breath();
    const byIndex = subEms.get(questionId);
    const places = new Map(trajectories.map(({ index }, at) => [index, at]));
    const scored = new Map<string, ScoredPositions>();
    for (const scorer of drawn) {
      const score = scores.get(scorer);
      if (!score) continue;
      const matrix =
        score.matrix && (await readMatrix(study.paths.matrixFile(scorer), score.matrix));
      if (score.matrix && !matrix) lost.add(scorer);
      const positions = score.indices.map((index) => places.get(index) ?? -1);
      scored.set(scorer, { positions, scores: score.scores, matrix });
    }
    const question = trajectories.map(({ index }) => byIndex?.get(index) ?? 0);
    best.add({ questionId, subEm: question, scored });
  }
  for (const scorer of lost)
    yield {
      type: 'warning',
      message: `Utilities of ${scorer} are lost or damaged: it is left out of the curves. Score with it again.`,
    };
  const points = best.points();
  return {
    questions: compared.length,
    draws: DRAWS,
    lines: [ORACLE, ...drawn.filter((name) => !lost.has(name))].map((name) => ({
      name,
      points: points.get(name) ?? [],
    })),
  };
}

function mean(values: readonly number[]): number {
  return values.length > 0 ? values.reduce((a, b) => a + b, 0) / values.length : NaN;
}
