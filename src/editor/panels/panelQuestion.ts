import type {
  AnswerSource,
  PanelAnswers,
  PanelChoice,
  PanelDecision,
  PanelMatrix,
  PanelPair,
  PanelQuestion,
  PanelTrajectory,
} from '../../protocol/panel.ts';
import { answerRules, extractAnswer } from '../../clusters/extractAnswer.ts';
import { answerWordings } from '../../clusters/answerClusters.ts';
import { correctedAnswers } from '../../clusters/questionClusters.ts';
import type { ScoresByScorer } from '../../evaluation/questionAgreement.ts';
import { redoTarget, undoTarget } from '../../preference/decisions.ts';
import { LEFT_OUT_TEXT, type Choice } from '../../preference/pair.ts';
import { pairSource, type PairSource } from '../../preference/pairs.ts';
import type { Opinion } from '../../preference/settle.ts';
import type { QuestionState } from '../../preference/studyPairs.ts';
import type { DecisionRecord, QuestionRecord } from '../../records/schemas.ts';
import type { Selection } from '../../scoring/selection.ts';
import { flawsOf } from '../../sampling/quality.ts';
import type { AnswerRule } from '../../study/config.ts';
import { isFailed, isTruncated, type TrajectoryEntry } from '../../study/entries.ts';
import { panelScorers } from './panelScorers.ts';

export interface PanelInput {
  /** Identifies the study, also after a reload. */
  study: string;
  question: QuestionRecord;
  state: QuestionState;
  selection: Selection;
  /** Texts of the trajectories by index; one that could not be read is shown as empty. */
  texts: ReadonlyMap<number, string>;
  /** N x N utilities in the order of the score's indices. */
  matrix: Float32Array | undefined;
  /** Of every scorer that scored the question. */
  scores: ScoresByScorer;
  /** N of the study. */
  expected: number;
  position: PanelQuestion['position'];
  reviewer: string;
  /** Offered for a decision; a reviewer can also write their own. */
  reasons: readonly string[];
  readOnly: string | null;
  /** The study's own rules that find answers. */
  answerRules: readonly AnswerRule[];
  /** `state` is then what a reviewer sees who is to judge unswayed. */
  blind: boolean;
  /** Indices are not those of the files. */
  renumbered: boolean;
}

/** All that the question panel shows, as data. */
export function panelQuestion(input: PanelInput): PanelQuestion {
  const { question, state, selection, reviewer } = input;
  const matrix = matrixOf(input);
  return {
    study: input.study,
    questionId: state.questionId,
    question: question.question,
    contextTokens: question.context_tokens,
    documents: question.documents.map(({ title, related }) => ({ title, related })),
    position: input.position,
    scorer: state.score ? selection.scorer : null,
    expected: input.expected,
    trajectories: trajectoriesOf(input),
    scorers: panelScorers(input.scores, state.trajectories),
    matrix,
    matrixMissing: matrix ? null : whyNoMatrix(input),
    pair: pairOf(state),
    answers: answersOf(state),
    decisions: state.decisions.map((decision) => decisionOf(decision, state.decisions)),
    flagged: isFlagged(state),
    canUndo: undoTarget(state.decisions, selection.sampling, reviewer) !== undefined,
    canRedo: redoTarget(state.decisions, selection.sampling, reviewer) !== undefined,
    reviewer,
    reasons: [...input.reasons],
    readOnly: input.readOnly,
    blind: input.blind,
    renumbered: input.renumbered,
  };
}

function trajectoriesOf(input: PanelInput): PanelTrajectory[] {
  const { question, state, texts } = input;
  const { clusters } = state;
  const wordings = answerWordings({
    answers: correctedAnswers(state.trajectories, state.inForce),
    question: question.question,
  });
  const flaws = flawsOf(state.trajectories);
  const scores = new Map(
    state.score?.indices.map((index, position) => [index, state.score?.scores[position]]),
  );
  const sourceOf = answerSources(input);
  return state.trajectories.map((entry) => ({
    index: entry.index,
    text: texts.get(entry.index) ?? '',
    finishReason: entry.finishReason,
    completionTokens: entry.completionTokens,
    score: scores.get(entry.index) ?? entry.imported?.score ?? null,
    ...(state.score?.truncated.includes(entry.index) === true ? { scoredInPart: true } : {}),
    flaws: flaws.get(entry.index) ?? [],
    ...(entry.attempts === undefined ? {} : { attempts: entry.attempts }),
    failed: isFailed(entry),
    cluster: clusters.labels[clusters.byIndex.get(entry.index) ?? -1] ?? null,
    wording: wordings.get(entry.index) ?? null,
    answerFrom: sourceOf(entry),
  }));
}

/** By the same rules as the study's index was made: from that alone it is not known where in a text an answer stands. */
function answerSources({ state, texts, answerRules: own }: PanelInput) {
  const rules = answerRules(own);
  const names = new Set(own.map(({ name }) => name));
  const reviewers = new Map<number, string>();
  for (const { kind, index, reviewer } of state.inForce)
    if (kind === 'answer' && index !== undefined) reviewers.set(index, reviewer);
  return (entry: TrajectoryEntry): AnswerSource | null => {
    const reviewer = reviewers.get(entry.index);
    if (reviewer !== undefined) return { kind: 'reviewer', reviewer };
    if (isFailed(entry)) return null;
    const found = extractAnswer(texts.get(entry.index) ?? '', rules, isTruncated(entry));
    if (!found) return null;
    const { rule, weak, start, end } = found;
    return { kind: 'rule', rule, own: names.has(rule), weak, start, end };
  };
}

function matrixOf({ state, matrix }: PanelInput): PanelMatrix | null {
  const indices = state.score?.indices;
  if (!indices || matrix?.length !== indices.length ** 2) return null;
  return { indices: [...indices], values: matrix, symmetric: isSymmetric(matrix, indices.length) };
}

/** Labels are the keys: two clusters of one label would be one cluster. */
function answersOf({ trajectories, clusters }: QuestionState): PanelAnswers | null {
  if (trajectories.length === 0) return null;
  return {
    clusters: clusters.clusters.map(({ label, indices }) => ({
      key: label,
      label,
      count: indices.length,
    })),
    unclear: clusters.unclear.length,
    entropy: clusters.entropy,
  };
}

/** A flag stands until somebody takes flags away. */
function isFlagged({ inForce }: QuestionState): boolean {
  return inForce.findLast(({ kind }) => kind === 'flag' || kind === 'unflag')?.kind === 'flag';
}

function isSymmetric(values: Float32Array, n: number): boolean {
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++) if (values[i * n + j] !== values[j * n + i]) return false;
  return true;
}

function whyNoMatrix({ state, selection, blind }: PanelInput): string {
  if (blind) return 'This study is reviewed blind: scores and utilities are hidden.';
  if (state.trajectories.length === 0) return 'There are no trajectories yet. Sample some first.';
  if (!state.score && state.trajectories[0]?.imported)
    return 'The answers came with the question from another dataset, which says the sides of the pair. Score the study to see their utilities.';
  if (!state.score)
    return 'The trajectories are not scored yet. Score the study to see their utilities.';
  if (!state.score.matrix)
    return `The scorer ${selection.scorer} gives scores without utilities between trajectories.`;
  return 'The utility matrix is lost or damaged. Score the study again: only what is missing is made anew.';
}

function pairOf(state: QuestionState): PanelPair {
  const { pair } = state;
  const source = pairSource(state);
  return {
    chosen: choiceOf(pair.chosen, source),
    rejected: choiceOf(pair.rejected, source),
    source,
    policy: { chosen: pair.policy.chosen ?? null, rejected: pair.policy.rejected ?? null },
    margin: pair.margin ?? null,
    leftOut: pair.leftOut === undefined ? null : LEFT_OUT_TEXT[pair.leftOut],
    disputed: pair.disputed
      ? pair.opinions.map((opinion) => ({ reviewer: opinion.reviewer, made: madeOf(opinion) }))
      : [],
  };
}

function madeOf({ verdict, pair }: Opinion): string {
  switch (verdict) {
    case 'keep':
      return 'kept it';
    case 'swap':
      return 'swapped it';
    case 'leave_out':
      return 'left it out';
    case 'change':
      return `took #${pair?.chosen ?? '?'} over #${pair?.rejected ?? '?'}`;
  }
}

function choiceOf(choice: Choice | undefined, source: PairSource): PanelChoice | null {
  if (!choice) return null;
  const { index, override } = choice;
  if (!override) return { index, by: { kind: source } };
  const { reviewer, at, reason } = override;
  return {
    index,
    by: { kind: 'reviewer', reviewer, at, ...(reason === undefined ? {} : { reason }) },
  };
}

function decisionOf(decision: DecisionRecord, all: readonly DecisionRecord[]): PanelDecision {
  const { id, kind, reviewer, at, reason } = decision;
  return {
    id,
    kind,
    reviewer,
    at,
    text: decisionText(decision, all),
    ...(reason === undefined ? {} : { reason }),
  };
}

function decisionText(decision: DecisionRecord, all: readonly DecisionRecord[]): string {
  if (decision.kind !== 'undo' && decision.kind !== 'redo') return contentText(decision);
  const target = all.find(({ id }) => id === decision.target);
  const what = target ? contentText(target) : 'a decision that is not here';
  return decision.kind === 'undo' ? `took back: ${what}` : `made again: ${what}`;
}

function contentText(decision: DecisionRecord): string {
  const { kind, note, index, answer, answers } = decision;
  const words = note === undefined ? '' : `: ${note}`;
  switch (kind) {
    case 'agree':
      return `agreed${words}`;
    case 'both_bad':
      return `found both bad${words}`;
    case 'skip':
      return `skipped${words}`;
    case 'flag':
      return `flagged${words}`;
    case 'unflag':
      return 'took the flag away';
    case 'note':
      return `noted${words}`;
    case 'answer':
      return `read the answer of #${index} as ${answer ?? 'unclear'}`;
    case 'merge':
      return `took as one: ${(answers ?? []).join(', ')}`;
    case 'split':
      return `told apart: ${(answers ?? []).join(', ')}`;
    case 'override':
    case 'swap':
    case 'undo':
    case 'redo':
      return overrideText(decision);
  }
}

function overrideText({ chosen, rejected, previous }: DecisionRecord): string {
  const side = (word: string, index: number | undefined, before: number | null | undefined) =>
    index === undefined
      ? []
      : [
          `${word} #${index}${before === null || before === undefined ? '' : ` instead of #${before}`}`,
        ];
  return [
    ...side('chose', chosen, previous?.chosen),
    ...side('rejected', rejected, previous?.rejected),
  ].join(', ');
}
