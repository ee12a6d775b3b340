import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ZodType } from 'zod';
import { extractAnswer } from '../clusters/extractAnswer.ts';
import { SealongError, fileError } from '../errors.ts';
import { readRecords, type Located, type Problem } from '../records/jsonl.ts';
import { START, type Position } from '../records/lines.ts';
import {
  decisionSchema,
  questionSchema,
  scoreSchema,
  trajectorySchema,
  type DecisionRecord,
  type QuestionRecord,
  type ScoreRecord,
  type TrajectoryRecord,
} from '../records/schemas.ts';
import { isRefusal } from '../sampling/refusal.ts';
import { digestOf } from './canonicalHash.ts';
import type { AnswerRule } from './config.ts';
import {
  isFailed,
  isTruncated,
  type QuestionEntry,
  type ScoreEntry,
  type TrajectoryEntry,
} from './entries.ts';
import { packTrajectories, type PackedTrajectories } from './packedTrajectories.ts';
import { JUDGEMENTS, type StudyPaths } from './study.ts';

/** Entries of one part of one file of a study. */
export type ScanBatch = { problems: Problem[]; next: Position } & (
  | { kind: 'questions'; entries: QuestionEntry[] }
  | { kind: 'trajectories'; entries: PackedTrajectories }
  | { kind: 'scores'; entries: ScoreEntry[] }
  | { kind: 'decisions'; entries: DecisionRecord[] }
);
export type ScanKind = ScanBatch['kind'];

/** A file of a study and what it holds. */
export interface StudyFile {
  kind: ScanKind;
  path: string;
}

/** The files of a study that there may be, in the order in which they are of use to a reader. */
export async function studyFiles(paths: StudyPaths): Promise<StudyFile[]> {
  const inFolder = async (folder: string, kind: ScanKind): Promise<StudyFile[]> =>
    (await listJsonl(folder)).map((name) => ({ kind, path: join(folder, name) }));
  return [
    { kind: 'questions', path: paths.questions },
    { kind: 'trajectories', path: paths.trajectories },
    ...(await inFolder(paths.scores, 'scores')).filter(({ path }) => !path.endsWith(JUDGEMENTS)),
    ...(await inFolder(paths.decisions, 'decisions')),
  ];
}

/**
 * Scans a file from a place on; a file that does not exist has nothing.
 *
 * @param rules by which final answers are found in trajectories; without them none are.
 */
export async function* scanFile(
  file: StudyFile,
  from: Position = START,
  signal?: AbortSignal,
  rules: readonly AnswerRule[] = [],
): AsyncGenerator<ScanBatch, void, undefined> {
  const read = <T, E>(schema: ZodType<T>, toEntry: (record: Located<T>) => E) =>
    entriesOf(file.path, schema, toEntry, from, signal);
  try {
    switch (file.kind) {
      case 'questions':
        for await (const batch of read(questionSchema, questionEntry))
          yield { kind: file.kind, ...batch };
        return;
      case 'trajectories':
        for await (const { entries, ...batch } of read(trajectorySchema, (record) =>
          trajectoryEntry(record, rules),
        ))
          yield { kind: file.kind, ...batch, entries: packTrajectories(entries) };
        return;
      case 'scores':
        for await (const batch of read(scoreSchema, scoreEntry))
          yield { kind: file.kind, ...batch };
        return;
      case 'decisions':
        for await (const batch of read(decisionSchema, ({ value }): DecisionRecord => value))
          yield { kind: file.kind, ...batch };
    }
  } catch (error) {
    if (!(error instanceof SealongError && error.code === 'missing_file')) throw error;
  }
}

async function* entriesOf<T, E>(
  path: string,
  schema: ZodType<T>,
  toEntry: (record: Located<T>) => E,
  from: Position,
  signal: AbortSignal | undefined,
) {
  for await (const { records, problems, next } of readRecords(path, schema, from, signal))
    yield { entries: records.map(toEntry), problems, next };
}

function questionEntry({ value, line, offset, length }: Located<QuestionRecord>): QuestionEntry {
  return {
    id: value.id,
    question: value.question.slice(0, 300),
    contextTokens: value.context_tokens,
    documents: value.documents.length,
    ...(value.turns ? { imported: true } : {}),
    line,
    offset,
    length,
  };
}

/** Enough to say what was wrong; a server's page of HTML is not kept for each sample. */
const ERROR_CHARACTERS = 300;

function trajectoryEntry(
  { value, offset, length }: Located<TrajectoryRecord>,
  rules: readonly AnswerRule[],
): TrajectoryEntry {
  const found = isFailed({ finishReason: value.finish_reason })
    ? undefined
    : extractAnswer(value.text, rules, isTruncated({ finishReason: value.finish_reason }));
  return {
    questionId: value.question_id,
    index: value.index,
    sampling: value.sampling,
    finishReason: value.finish_reason,
    completionTokens: value.completion_tokens,
    text: digestOf(value.text),
    characters: /\S/u.test(value.text) ? value.text.length : 0,
    ...(isRefusal(value.text) ? { refused: true } : {}),
    ...(value.attempts !== undefined && value.attempts > 1 ? { attempts: value.attempts } : {}),
    ...(value.error === undefined ? {} : { error: value.error.slice(0, ERROR_CHARACTERS) }),
    ...(value.imported ? { imported: value.imported } : {}),
    ...(found ? { answer: found.text } : {}),
    ...(found?.weak ? { weakAnswer: true } : {}),
    offset,
    length,
  };
}

function scoreEntry({ value }: Located<ScoreRecord>): ScoreEntry {
  return {
    questionId: value.question_id,
    scorer: value.scorer,
    config: value.config,
    sampling: value.sampling,
    indices: value.indices,
    scores: value.scores,
    texts: value.texts,
    truncated: value.truncated ?? [],
    ...(value.unscored ? { unscored: value.unscored } : {}),
    matrix: value.matrix,
  };
}

async function listJsonl(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).sort();
  } catch (error) {
    const mapped = fileError('read', folder, error);
    if (mapped instanceof SealongError && mapped.code === 'missing_file') return [];
    throw mapped;
  }
}
