import type { AnswerClusters } from '../clusters/answerClusters.ts';
import type { LeftOut } from '../preference/pair.ts';
import type { QuestionState } from '../preference/studyPairs.ts';
import { flawCounts, type Flaw } from '../sampling/quality.ts';
import { isFailed, isTruncated, type QuestionEntry } from '../study/entries.ts';

/** What a queue sorts and filters a question by; undefined where it is not known. */
export interface QuestionFacts {
  id: string;
  /** Place in `questions.jsonl`, from 0. */
  place: number;
  /** The question alone, as far as it is kept. */
  question: string;
  /** The question, its notes and its answers, in lower case: what a search looks at. */
  text: string;
  contextTokens: number;
  /** Usable trajectories. */
  trajectories: number;
  /** Trajectories by what speaks against them. */
  flaws: Record<Flaw, number>;
  /** Whether chosen or rejected is cut off. */
  pairTruncated: boolean;
  margin: number | undefined;
  /** Highest score minus lowest. */
  spread: number | undefined;
  /** False while its final answers are being read: what is told of them below is then undefined. */
  clustered: boolean;
  clusters: number | undefined;
  /** Share of the largest cluster among all trajectories. */
  majority: number | undefined;
  /** Of the split of answers, in bits. */
  entropy: number | undefined;
  unclear: number | undefined;
  /** Place of the cluster (0: the majority's) that chosen and rejected are in; undefined is unclear. */
  chosenCluster: number | undefined;
  rejectedCluster: number | undefined;
  /** Tokens of chosen minus tokens of rejected; characters where the server counted no tokens. */
  lengthGap: number | undefined;
  /** Reviewers whose override is in the pair. */
  overriddenBy: string[];
  /** Reviewers with a verdict on the pair as it is; of another pair than this, they are in `outdatedBy`. */
  reviewedBy: string[];
  outdatedBy: string[];
  skippedBy: string[];
  flaggedBy: string[];
  notes: number;
  disputed: boolean;
  leftOut: LeftOut | undefined;
}

/**
 * @param place of the question in its file, from 0.
 * @param answers undefined while they are being read.
 */
export function questionFacts(
  entry: QuestionEntry,
  state: QuestionState,
  place: number,
  answers: AnswerClusters | undefined,
): QuestionFacts {
  const { pair, score, trajectories } = state;
  const usable = trajectories.filter((trajectory) => !isFailed(trajectory));
  const find = (index: number | undefined) => usable.find((item) => item.index === index);
  const [chosen, rejected] = [find(pair.chosen?.index), find(pair.rejected?.index)];
  const scores = score?.scores ?? [];
  const sampled = usable.length > 0;
  const comments = commentsOf(state);
  const { reviewedBy, outdatedBy, skippedBy } = reviewsOf(state);
  // Field by field: objects that are spread into one take three times the memory, and there is one a question.
  return {
    id: entry.id,
    place,
    question: entry.question,
    text: [
      entry.id,
      entry.question,
      ...comments.words,
      ...(answers?.clusters.map(({ label }) => label) ?? []),
    ]
      .join('\n')
      .toLowerCase(),
    contextTokens: entry.contextTokens,
    trajectories: usable.length,
    flaws: flawCounts(trajectories),
    pairTruncated: [chosen, rejected].some((side) => side !== undefined && isTruncated(side)),
    margin: pair.margin,
    spread: scores.length > 0 ? Math.max(...scores) - Math.min(...scores) : undefined,
    clustered: answers !== undefined,
    clusters: answers?.clusters.length,
    majority:
      sampled && answers ? (answers.clusters[0]?.indices.length ?? 0) / usable.length : undefined,
    entropy: sampled ? answers?.entropy : undefined,
    unclear: answers?.unclear.length,
    chosenCluster: chosen && answers?.byIndex.get(chosen.index),
    rejectedCluster: rejected && answers?.byIndex.get(rejected.index),
    lengthGap: chosen && rejected && lengthGap(chosen, rejected),
    overriddenBy: unique(
      [pair.chosen, pair.rejected].flatMap((side) => side?.override?.reviewer ?? []),
    ),
    reviewedBy,
    outdatedBy,
    skippedBy,
    flaggedBy: comments.flaggedBy,
    notes: comments.notes,
    disputed: pair.disputed,
    leftOut: pair.leftOut,
  };
}

interface Length {
  completionTokens: number | null;
  characters: number;
}

/** Length of chosen minus that of rejected: in tokens, in characters where the server counted none. */
export function lengthGap(chosen: Length, rejected: Length): number {
  return chosen.completionTokens !== null && rejected.completionTokens !== null
    ? chosen.completionTokens - rejected.completionTokens
    : chosen.characters - rejected.characters;
}

/** A reviewer who kept a pair that is no longer the policy's has yet to see the present one. */
function reviewsOf({ pair, inForce }: QuestionState) {
  const reviewedBy: string[] = [];
  const outdatedBy: string[] = [];
  for (const { reviewer, own } of pair.opinions) {
    const shown = own.last?.shown;
    const current =
      own.last?.kind !== 'agree' ||
      !shown ||
      // Blind, what the policy takes now is hidden: that another pair was agreed to before is not to be told either.
      pair.policy.chosen === undefined ||
      own.last.verdict === 'leave_out' ||
      (shown.chosen === (own.chosen?.index ?? pair.policy.chosen) &&
        shown.rejected === (own.rejected?.index ?? pair.policy.rejected));
    (current ? reviewedBy : outdatedBy).push(reviewer);
  }
  const skippedBy = new Set<string>();
  for (const { kind, reviewer } of inForce)
    if (kind === 'skip') skippedBy.add(reviewer);
    else skippedBy.delete(reviewer);
  return { reviewedBy, outdatedBy, skippedBy: [...skippedBy] };
}

function commentsOf({ inForce }: QuestionState) {
  const flaggedBy = new Set<string>();
  const words: string[] = [];
  let notes = 0;
  for (const { kind, reviewer, note } of inForce) {
    if (kind === 'flag') flaggedBy.add(reviewer);
    // A flag is there for all: anyone who settled the matter may take it away.
    else if (kind === 'unflag') flaggedBy.clear();
    if (kind === 'note') notes += 1;
    if (note !== undefined) words.push(note);
  }
  return { flaggedBy: [...flaggedBy], words, notes };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
