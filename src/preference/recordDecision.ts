import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SealongError, fileError } from '../errors.ts';
import { AppendLog } from '../records/appendLog.ts';
import { SCHEMA_VERSION, type DecisionRecord } from '../records/schemas.ts';
import type { Selection } from '../scoring/selection.ts';
import { isFailed } from '../study/entries.ts';
import type { StudyPaths } from '../study/study.ts';
import { redoTarget, undoTarget } from './decisions.ts';
import type { DerivedPair } from './pair.ts';
import type { QuestionState } from './studyPairs.ts';

/** What a reviewer decides. */
export type DecisionContent =
  | { kind: 'override'; chosen?: number; rejected?: number; reason?: string; note?: string }
  | { kind: 'swap' | 'agree' | 'both_bad' | 'skip' | 'flag'; reason?: string; note?: string }
  | { kind: 'unflag' }
  | { kind: 'note'; note: string }
  /** Corrects the answer found in a trajectory; null is "it gives none". */
  | { kind: 'answer'; index: number; answer: string | null }
  /** Labels of answer clusters that are one. */
  | { kind: 'merge'; answers: string[] }
  /** Wordings that are in one cluster and do not mean the same. */
  | { kind: 'split'; answers: string[] }
  | { kind: 'undo' | 'redo' };

/** Under which circumstances: kept with the record, without weight for the pair. */
export interface DecisionCircumstances {
  order?: 'score' | 'sample' | 'cluster';
  blind?: boolean;
  view?: string;
  audit?: boolean;
  /** Time with the question in view. */
  durationMs?: number;
}

export type DecisionRequest = DecisionContent & DecisionCircumstances;

/** Who decides, and the parts of a record that a machine adds. */
export interface DecisionStamp {
  reviewer: string;
  id: string;
  at: Date;
}

/**
 * The record of a decision on a question as it stands, with the pair that was shown and the one that it leads to.
 *
 * @param seen the question as the reviewer saw it, where that is not all of it: it is what they agree to, swap and take
 *   back.
 * @throws SealongError `no_trajectory`, `failed_trajectory`, `same_trajectory`, `no_pair`, `empty_note`, `one_answer`,
 *   `nothing_to_undo`, `nothing_to_redo`.
 */
export function makeDecision(
  state: QuestionState,
  { sampling, scorer }: Pick<Selection, 'sampling' | 'scorer'>,
  request: DecisionRequest,
  stamp: DecisionStamp,
  seen: QuestionState = state,
): DecisionRecord {
  const { order, blind, view, audit, durationMs } = request;
  const record: DecisionRecord = {
    v: SCHEMA_VERSION,
    id: stamp.id,
    question_id: state.questionId,
    sampling,
    kind: request.kind,
    ...contentOf(seen, sampling, request, stamp.reviewer),
    previous: shownOf(seen.pair),
    reviewer: stamp.reviewer,
    at: timeAfter(state.decisions, stamp.at).toISOString(),
    ...(durationMs === undefined ? {} : { duration_ms: Math.max(0, Math.round(durationMs)) }),
    shown: {
      scorer: seen.score ? scorer : null,
      config: seen.score?.config ?? null,
      ...(order ? { order } : {}),
      ...(blind === undefined ? {} : { blind }),
      ...(view === undefined ? {} : { view }),
      ...(audit === undefined ? {} : { audit }),
      ...shownOf(seen.pair),
    },
  };
  const after = state.pairUnder({ decisions: [...state.decisions, record] });
  return {
    ...record,
    result: { ...shownOf(after), ...(after.leftOut ? { left_out: after.leftOut } : {}) },
  };
}

/** Appends to the reviewer's own file and waits for the disk: a decision cannot be made again. */
export async function appendDecision(paths: StudyPaths, record: DecisionRecord): Promise<void> {
  const log = await AppendLog.open(paths.decisionFile(record.reviewer), { durable: true });
  await tellGit(paths.decisions);
  try {
    await log.append(record);
  } finally {
    await log.close();
  }
}

/** Has git keep the lines of both sides where one reviewer decided in two clones: the order of lines says nothing. */
async function tellGit(folder: string): Promise<void> {
  const path = join(folder, '.gitattributes');
  try {
    await writeFile(path, '*.jsonl merge=union\n', { flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST'))
      throw fileError('write', path, error);
  }
}

/**
 * What to override so that `index` becomes `side`: making one side of the pair the other swaps the two, since a pair never
 * holds the same trajectory twice.
 *
 * @returns undefined where it is that side already.
 */
export function overrideSides(
  { pair }: Pick<QuestionState, 'pair'>,
  side: 'chosen' | 'rejected',
  index: number,
): { chosen?: number; rejected?: number } | undefined {
  const other = side === 'chosen' ? 'rejected' : 'chosen';
  const here = pair[side]?.index;
  if (here === index) return undefined;
  const swap = pair[other]?.index === index && here !== undefined;
  return swap ? { [side]: index, [other]: here } : { [side]: index };
}

function contentOf(
  state: QuestionState,
  sampling: string,
  request: DecisionRequest,
  reviewer: string,
): Partial<DecisionRecord> {
  const words = wordsOf(request);
  switch (request.kind) {
    case 'override': {
      const { chosen, rejected } = request;
      checkOverride(state, chosen, rejected);
      return {
        ...(chosen === undefined ? {} : { chosen }),
        ...(rejected === undefined ? {} : { rejected }),
        verdict: verdictOn(state, { chosen, rejected }),
        ...words,
      };
    }
    case 'swap': {
      const { chosen, rejected } = pairOf(state);
      const sides = { chosen: rejected, rejected: chosen };
      return { ...sides, verdict: verdictOn(state, sides), ...words };
    }
    case 'agree':
      return { ...agreement(state), ...words };
    case 'both_bad':
      pairOf(state);
      return { verdict: 'leave_out', ...words };
    case 'skip':
    case 'flag':
      return words;
    case 'unflag':
      return {};
    case 'note':
      if (request.note.trim() !== '') return { note: request.note };
      throw new SealongError('empty_note', 'The note is empty. Write a few words.');
    case 'answer':
      checkTrajectory(state, request.index);
      return { index: request.index, answer: request.answer?.trim() ?? null };
    case 'merge':
    case 'split':
      if (new Set(request.answers).size > 1) return { answers: request.answers };
      throw new SealongError(
        'one_answer',
        `Name two answers or more that ${request.kind === 'merge' ? 'mean the same' : 'are to be told apart'}.`,
      );
    case 'undo':
    case 'redo':
      return { target: targetOf(state, sampling, request.kind, reviewer) };
  }
}

function wordsOf(request: DecisionRequest): Partial<DecisionRecord> {
  return {
    ...('reason' in request && request.reason ? { reason: request.reason } : {}),
    ...('note' in request && request.note ? { note: request.note } : {}),
  };
}

/** To agree names what others overrode, so that it holds when they change their minds; the rest stays the policy's. */
function agreement(state: QuestionState): Partial<DecisionRecord> {
  if (state.pair.leftOut === 'both_bad') return { verdict: 'leave_out' };
  const { chosen, rejected } = state.pair;
  const sides = pairOf(state);
  return {
    ...(chosen?.override ? { chosen: sides.chosen } : {}),
    ...(rejected?.override ? { rejected: sides.rejected } : {}),
    verdict: verdictOn(state, sides),
  };
}

function verdictOn(
  { pair }: QuestionState,
  sides: { chosen?: number | undefined; rejected?: number | undefined },
): 'keep' | 'change' {
  const chosen = sides.chosen ?? pair.chosen?.index;
  const rejected = sides.rejected ?? pair.rejected?.index;
  return chosen === pair.policy.chosen && rejected === pair.policy.rejected ? 'keep' : 'change';
}

function targetOf(
  state: QuestionState,
  sampling: string,
  kind: 'undo' | 'redo',
  reviewer: string,
): string {
  const find = kind === 'undo' ? undoTarget : redoTarget;
  const target = find(state.decisions, sampling, reviewer);
  if (target) return target.id;
  throw kind === 'undo'
    ? new SealongError(
        'nothing_to_undo',
        `Question ${state.questionId}: ${reviewer} has made no decision that could be taken back.`,
      )
    : new SealongError(
        'nothing_to_redo',
        `Question ${state.questionId}: ${reviewer} has taken back no decision that could be made again.`,
      );
}

/** @throws SealongError `no_pair`. */
function pairOf({ questionId, pair }: QuestionState): { chosen: number; rejected: number } {
  if (pair.chosen && pair.rejected)
    return { chosen: pair.chosen.index, rejected: pair.rejected.index };
  throw new SealongError(
    'no_pair',
    `Question ${questionId} has no pair to decide on. Choose a trajectory for each side, or score it first.`,
  );
}

function checkOverride(
  state: QuestionState,
  chosen: number | undefined,
  rejected: number | undefined,
): void {
  for (const index of [chosen, rejected]) if (index !== undefined) checkTrajectory(state, index);
  const where = `Question ${state.questionId}`;
  if (chosen === rejected)
    throw new SealongError(
      'same_trajectory',
      chosen === undefined
        ? `${where}: the decision names no trajectory.`
        : `${where}: trajectory ${chosen} cannot be chosen and rejected at once.`,
    );
}

function checkTrajectory(state: QuestionState, index: number): void {
  const where = `Question ${state.questionId}`;
  const entry = state.trajectories.find((candidate) => candidate.index === index);
  if (!entry)
    throw new SealongError(
      'no_trajectory',
      `${where} has no trajectory ${index} under its present sampling. Choose one of those listed.`,
    );
  if (isFailed(entry))
    throw new SealongError(
      'failed_trajectory',
      `${where}: trajectory ${index} failed and has no text, so it cannot be part of a pair. Choose another, or sample it again.`,
    );
}

function shownOf({ chosen, rejected }: Pick<DerivedPair, 'chosen' | 'rejected'>) {
  return { chosen: chosen?.index ?? null, rejected: rejected?.index ?? null };
}

/** Decisions are ordered by time: one made on top of another comes after it, whatever this machine's clock says. */
function timeAfter(decisions: readonly DecisionRecord[], now: Date): Date {
  const latest = decisions.reduce((max, { at }) => Math.max(max, Date.parse(at) || 0), 0);
  return new Date(Math.max(now.getTime(), latest + 1));
}
