import type { AnswerClusters } from '../clusters/answerClusters.ts';
import type { LeftOut } from '../preference/pair.ts';
import type { QuestionState } from '../preference/studyPairs.ts';
import { FLAWS, flawCounts, type Flaw } from '../sampling/quality.ts';
import { isFailed, isTruncated, type QuestionEntry } from '../study/entries.ts';

/** What a queue sorts and filters a question by; undefined where it is not known. */
export interface QuestionFacts {
  id: string;
  /** Place in `questions.jsonl`, from 0. */
  place: number;
  /** The question alone, as far as it is kept. */
  question: string;
  /** Notes and answers: what a search looks at besides id and question. */
  words: readonly string[];
  contextTokens: number;
  /** Usable trajectories. */
  trajectories: number;
  /** Trajectories by what speaks against them. */
  flaws: Readonly<Record<Flaw, number>>;
  /** Whether chosen or rejected is cut off. */
  pairTruncated: boolean;
  scored: boolean;
  margin: number | undefined;
  /** Highest score minus lowest. */
  spread: number | undefined;
  /** Indices of the pair. */
  chosen: number | undefined;
  rejected: number | undefined;
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
  /** The same in characters, also where tokens were counted: gaps of several pairs compare in one unit. */
  characterGap: number | undefined;
  lengthInTokens: boolean;
  /** Reviewers whose override is in the pair. */
  overriddenBy: readonly string[];
  /** Reviewers with a verdict on the pair as it is; of another pair than this, they are in `outdatedBy`. */
  reviewedBy: readonly string[];
  outdatedBy: readonly string[];
  skippedBy: readonly string[];
  flaggedBy: readonly string[];
  notes: number;
  disputed: boolean;
  leftOut: LeftOut | undefined;
}

/**
 * @param place of the question in its file, from 0.
 * @param answers undefined while they are being read: {@link tellAnswers} adds them.
 */
export function questionFacts(
  entry: QuestionEntry,
  state: QuestionState,
  place: number,
  answers: AnswerClusters | undefined,
): QuestionFacts {
  const { pair, score, trajectories } = state;
  const find = (index: number | undefined) =>
    index === undefined
      ? undefined
      : trajectories.find((item) => item.index === index && !isFailed(item));
  const [chosen, rejected] = [find(pair.chosen?.index), find(pair.rejected?.index)];
  const gaps = chosen && rejected && lengthGaps(chosen, rejected);
  const scores = score?.scores ?? [];
  const comments = commentsOf(state);
  const { reviewedBy, outdatedBy, skippedBy } = reviewsOf(state);
  const flaws = flawCounts(trajectories);
  // Field by field, and what is empty shared: objects that are spread into one take three times the memory, and there is
  // one a question.
  const facts: QuestionFacts = {
    id: entry.id,
    place,
    question: entry.question,
    words: shared(comments.words),
    contextTokens: entry.contextTokens,
    trajectories: trajectories.length - flaws.failed,
    flaws: sharedCounts(flaws),
    pairTruncated:
      (chosen !== undefined && isTruncated(chosen)) ||
      (rejected !== undefined && isTruncated(rejected)),
    scored: score !== undefined,
    margin: pair.margin,
    spread: scores.length > 0 ? Math.max(...scores) - Math.min(...scores) : undefined,
    chosen: chosen?.index,
    rejected: rejected?.index,
    clustered: false,
    clusters: undefined,
    majority: undefined,
    entropy: undefined,
    unclear: undefined,
    chosenCluster: undefined,
    rejectedCluster: undefined,
    lengthGap: gaps && (gaps.tokens ?? gaps.characters),
    characterGap: gaps?.characters,
    lengthInTokens: gaps?.tokens !== undefined,
    overriddenBy: shared(
      unique([pair.chosen, pair.rejected].flatMap((side) => side?.override?.reviewer ?? [])),
    ),
    reviewedBy: shared(reviewedBy),
    outdatedBy: shared(outdatedBy),
    skippedBy: shared(skippedBy),
    flaggedBy: shared(comments.flaggedBy),
    notes: comments.notes,
    disputed: pair.disputed,
    leftOut: pair.leftOut,
  };
  if (answers) tellAnswers(facts, answers);
  return facts;
}

/** Adds what the final answers say to facts that were made before these were read. */
export function tellAnswers(facts: QuestionFacts, answers: AnswerClusters): void {
  const { clusters, labels, byIndex, entropy, unclear } = answers;
  const sampled = facts.trajectories > 0;
  // Those that are kept with the answers: a list of a hundred for each question is memory of the editor's host.
  facts.words = facts.words.length === 0 ? shared(labels) : [...facts.words, ...labels];
  facts.clustered = true;
  facts.clusters = clusters.length;
  facts.majority = sampled ? (clusters[0]?.indices.length ?? 0) / facts.trajectories : undefined;
  facts.entropy = sampled ? entropy : undefined;
  facts.unclear = unclear.length;
  facts.chosenCluster = facts.chosen === undefined ? undefined : byIndex.get(facts.chosen);
  facts.rejectedCluster = facts.rejected === undefined ? undefined : byIndex.get(facts.rejected);
}

interface Length {
  completionTokens: number | null;
  characters: number;
}

/** Length of chosen minus that of rejected; `tokens` is undefined where the server counted none of one. */
export function lengthGaps(
  chosen: Length,
  rejected: Length,
): { tokens: number | undefined; characters: number } {
  const [long, short] = [chosen.completionTokens, rejected.completionTokens];
  return {
    tokens: long === null || short === null ? undefined : long - short,
    characters: chosen.characters - rejected.characters,
  };
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

const NOBODY: readonly string[] = [];

function shared(names: readonly string[]): readonly string[] {
  return names.length === 0 ? NOBODY : names;
}

const FLAWLESS = flawCounts([]);

function sharedCounts(counts: QuestionFacts['flaws']): QuestionFacts['flaws'] {
  return FLAWS.every((flaw) => counts[flaw] === 0) ? FLAWLESS : counts;
}
