import { ranking } from '../preference/pair.ts';
import { scoringHash } from '../scoring/selection.ts';
import { SCORERS, type ScorerName, type StudyConfig } from '../study/config.ts';
import type { ScoreEntry, TrajectoryEntry } from '../study/entries.ts';
import type { StudyIndex } from '../study/studyIndex.ts';
import { kendallTau, rankCorrelation } from './rankCorrelation.ts';

/** What each scorer said of one question, in the order of the paper's Table 7. */
export type ScoresByScorer = ReadonlyMap<ScorerName, ScoreEntry>;

/** How two scorers see the trajectories of one question that both scored. */
export interface PairAgreement {
  scorers: [ScorerName, ScorerName];
  /** Whether their winners have the same text. */
  sameWinner: boolean;
  /** -1..1; null where fewer than two were scored by both, or where a scorer tells none apart. */
  spearman: number | null;
  /** Tau-b, -1..1; null as above. */
  kendall: number | null;
}

/** One trajectory under each scorer. */
export interface Standing {
  score: number;
  /** From 1 for the best; equal scores have the same rank. */
  rank: number;
}

export interface QuestionAgreement {
  scorers: {
    scorer: ScorerName;
    /** The trajectory it puts first; ties go to the lowest index. */
    winner: number;
    standings: ReadonlyMap<number, Standing>;
  }[];
  pairs: PairAgreement[];
}

/**
 * The scores of one question that count now, by scorer.
 *
 * @param config undefined where sealong.json cannot be read: then the latest scores of each scorer.
 */
export function scoresByScorer(
  index: StudyIndex,
  config: StudyConfig | undefined,
  { questionId, sampling }: { questionId: string; sampling: string },
): ScoresByScorer {
  const scores = new Map<ScorerName, ScoreEntry>();
  for (const scorer of SCORERS) {
    const scoring = config
      ? scoringHash({ ...config, scoring: { ...config.scoring, scorer } })
      : '';
    const score = index.currentScore(questionId, { scorer, scoring, sampling });
    if (score && score.indices.length > 0) scores.set(scorer, score);
  }
  return scores;
}

/** Scorers side by side on one question: who wins where, and how alike they rank. */
export function questionAgreement(
  scores: ScoresByScorer,
  trajectories: readonly TrajectoryEntry[],
): QuestionAgreement {
  const names = [...scores.keys()];
  return {
    scorers: [...scores].flatMap(([scorer, score]) => {
      const [winner] = ranking(score);
      return winner === undefined ? [] : [{ scorer, winner, standings: standingsOf(score) }];
    }),
    pairs: names.flatMap((a, at) =>
      names.slice(at + 1).map((b) => pairAgreement([a, b], scores, trajectories)),
    ),
  };
}

/** @throws Error for a scorer that has not scored the question. */
export function pairAgreement(
  scorers: [ScorerName, ScorerName],
  scores: ScoresByScorer,
  trajectories: readonly TrajectoryEntry[],
): PairAgreement {
  const [left, right] = scorers.map((name) => scores.get(name));
  if (!left || !right) throw new Error('Both scorers must have scored the question.');
  const textOf = (score: ScoreEntry) => {
    const [winner] = ranking(score);
    return trajectories.find(({ index }) => index === winner)?.text;
  };
  const other = new Map(right.indices.map((index, at) => [index, right.scores[at] ?? 0]));
  const both = left.indices.flatMap((index, at) => {
    const score = other.get(index);
    return score === undefined ? [] : [[left.scores[at] ?? 0, score] as const];
  });
  const [x, y] = [both.map(([a]) => a), both.map(([, b]) => b)];
  return {
    scorers,
    sameWinner: textOf(left) === textOf(right),
    spearman: rankCorrelation(x, y) ?? null,
    kendall: kendallTau(x, y) ?? null,
  };
}

function standingsOf({ indices, scores }: ScoreEntry): Map<number, Standing> {
  const falling = [...scores].sort((a, b) => b - a);
  return new Map(
    indices.map((index, at) => {
      const score = scores[at] ?? NaN;
      return [index, { score, rank: falling.indexOf(score) + 1 }];
    }),
  );
}
