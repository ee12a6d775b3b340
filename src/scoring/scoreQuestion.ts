import type { Clock } from '../clock.ts';
import { SealongError } from '../errors.ts';
import { readRecordsAt } from '../records/jsonl.ts';
import { SCHEMA_VERSION, trajectorySchema, type ScoreRecord } from '../records/schemas.ts';
import type { TrajectoryEntry } from '../study/entries.ts';
import type { Study } from '../study/study.ts';
import { textsDigest } from '../study/studyIndex.ts';
import { appendMatrix } from './matrixFile.ts';
import type { Scorer, ScoringResult } from './scorer.ts';
import type { Selection } from './selection.ts';

/** A question and its trajectories, by index. */
export interface Work {
  questionId: string;
  entries: TrajectoryEntry[];
}

/**
 * Scores one question and writes its matrix.
 *
 * @throws SealongError `not_a_number` with question and trajectory, or what the scorer says.
 */
export async function scoreQuestion(
  study: Study,
  scorer: Scorer,
  { questionId, entries }: Work,
  { scorer: name, scoring, sampling }: Selection,
  ports: { clock: Clock; judged: () => void },
  signal: AbortSignal,
): Promise<ScoreRecord> {
  const records = await readRecordsAt(study.paths.trajectories, entries, trajectorySchema);
  const texts = records.map(({ text }) => text);
  const result = await scorer.score({ questionId, texts }, signal, ports.judged);
  const unscored = new Set(result.unscored);
  const isScored = (_: unknown, position: number) => !unscored.has(position);
  const scored = entries.filter(isScored);
  const scores = result.scores.filter(isScored);
  refuseNonFinite(questionId, scored, scores);
  const matrix = result.matrix && withoutUnscored(result.matrix, entries.length, unscored);
  const place =
    matrix && matrix.length > 0
      ? await appendMatrix(study.paths.matrixFile(name), matrix)
      : undefined;
  const indicesOf = (positions: readonly number[]) =>
    positions.flatMap((position) => entries[position]?.index ?? []);
  return {
    v: SCHEMA_VERSION,
    question_id: questionId,
    scorer: name,
    config: scoring,
    sampling,
    indices: scored.map((entry) => entry.index),
    scores,
    texts: textsDigest(scored),
    ...(result.truncated.length > 0 ? { truncated: indicesOf(result.truncated) } : {}),
    ...(unscored.size > 0 ? { unscored: indicesOf([...unscored]) } : {}),
    ...(result.unparsed ? { unparsed: result.unparsed } : {}),
    ...(place ? { matrix: place } : {}),
    created_at: ports.clock.now().toISOString(),
  };
}

/** The matrix of a record has the rows and columns of its indices. */
function withoutUnscored(
  matrix: NonNullable<ScoringResult['matrix']>,
  n: number,
  unscored: ReadonlySet<number>,
): Float32Array {
  if (unscored.size === 0) return matrix;
  return matrix.filter(
    (_, place) => !unscored.has(Math.floor(place / n)) && !unscored.has(place % n),
  );
}

/** A NaN in one embedding would make every score of the question NaN: better no score than a wrong choice. */
function refuseNonFinite(
  questionId: string,
  entries: readonly TrajectoryEntry[],
  scores: readonly number[],
): void {
  const bad = scores.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new SealongError(
    'not_a_number',
    `Question ${questionId}: the score of trajectory ${entries[bad]?.index ?? bad} is not a number. The model gives no usable values for it; choose another model or precision.`,
  );
}
