import { SealongError } from '../errors.ts';
import { AppendLog } from '../records/appendLog.ts';
import { SCHEMA_VERSION, type DecisionRecord } from '../records/schemas.ts';
import type { Selection } from '../scoring/selection.ts';
import { isFailed } from '../study/entries.ts';
import type { StudyPaths } from '../study/study.ts';
import { redoTarget, undoTarget } from './decisions.ts';
import type { QuestionState } from './studyPairs.ts';

export type DecisionRequest =
  | {
      kind: 'override';
      chosen?: number;
      rejected?: number;
      reason?: string;
      order?: 'score' | 'sample';
    }
  | { kind: 'undo' }
  | { kind: 'redo' };

/** Who decides, and the parts of a record that a machine adds. */
export interface DecisionStamp {
  reviewer: string;
  id: string;
  at: Date;
}

/**
 * The record of a decision on a question as it stands, with the pair that was shown.
 *
 * @throws SealongError `no_trajectory`, `failed_trajectory`, `same_trajectory`, `nothing_to_undo`, `nothing_to_redo`.
 */
export function makeDecision(
  state: QuestionState,
  { sampling, scorer }: Pick<Selection, 'sampling' | 'scorer'>,
  request: DecisionRequest,
  stamp: DecisionStamp,
): DecisionRecord {
  const pair = {
    chosen: state.pair.chosen?.index ?? null,
    rejected: state.pair.rejected?.index ?? null,
  };
  const order = request.kind === 'override' ? request.order : undefined;
  return {
    v: SCHEMA_VERSION,
    id: stamp.id,
    question_id: state.questionId,
    sampling,
    kind: request.kind,
    ...contentOf(state, sampling, request, stamp.reviewer),
    previous: pair,
    reviewer: stamp.reviewer,
    at: timeAfter(state.decisions, stamp.at).toISOString(),
    shown: {
      scorer: state.score ? scorer : null,
      config: state.score?.config ?? null,
      ...(order ? { order } : {}),
      ...pair,
    },
  };
}

/** Appends to the reviewer's own file and waits for the disk: a decision cannot be made again. */
export async function appendDecision(paths: StudyPaths, record: DecisionRecord): Promise<void> {
  const log = await AppendLog.open(paths.decisionFile(record.reviewer), { durable: true });
  try {
    await log.append(record);
  } finally {
    await log.close();
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
  switch (request.kind) {
    case 'override': {
      const { chosen, rejected, reason } = request;
      checkOverride(state, chosen, rejected);
      return {
        ...(chosen === undefined ? {} : { chosen }),
        ...(rejected === undefined ? {} : { rejected }),
        ...(reason ? { reason } : {}),
      };
    }
    case 'undo': {
      const target = undoTarget(state.decisions, sampling, reviewer);
      if (target) return { target: target.id };
      throw new SealongError(
        'nothing_to_undo',
        `Question ${state.questionId}: ${reviewer} has made no decision that could be taken back.`,
      );
    }
    case 'redo': {
      const target = redoTarget(state.decisions, sampling, reviewer);
      if (target) return { target: target.id };
      throw new SealongError(
        'nothing_to_redo',
        `Question ${state.questionId}: ${reviewer} has taken back no decision that could be made again.`,
      );
    }
  }
}

function checkOverride(
  state: QuestionState,
  chosen: number | undefined,
  rejected: number | undefined,
): void {
  const where = `Question ${state.questionId}`;
  for (const index of [chosen, rejected]) {
    if (index === undefined) continue;
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
  if (chosen === rejected)
    throw new SealongError(
      'same_trajectory',
      chosen === undefined
        ? `${where}: the decision names no trajectory.`
        : `${where}: trajectory ${chosen} cannot be chosen and rejected at once.`,
    );
}

/** Decisions are ordered by time: one made on top of another comes after it, whatever this machine's clock says. */
function timeAfter(decisions: readonly DecisionRecord[], now: Date): Date {
  const latest = decisions.reduce((max, { at }) => Math.max(max, Date.parse(at) || 0), 0);
  return new Date(Math.max(now.getTime(), latest + 1));
}
