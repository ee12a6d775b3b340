import { writeFile } from 'node:fs/promises';
import { encodeRecord } from '../../src/records/jsonl.ts';
import type { QuestionRecord, TrajectoryRecord } from '../../src/records/schemas.ts';
import { parseSetting } from '../../src/study/loadConfig.ts';
import { initStudy, type Study } from '../../src/study/study.ts';

export function questionRecord(id: string, question = `What is ${id}?`): QuestionRecord {
  const context = `Passage 1:\n${id}\n${id} is a thing.`;
  return {
    id,
    question,
    context,
    context_tokens: 12,
    documents: [{ title: id, start: 11, end: context.length, related: true }],
  };
}

export function trajectoryRecord(
  questionId: string,
  index: number,
  text: string,
  more: Partial<TrajectoryRecord> = {},
): TrajectoryRecord {
  return {
    question_id: questionId,
    index,
    text,
    finish_reason: 'stop',
    prompt_tokens: 20,
    completion_tokens: 5,
    model: 'scripted',
    sampling: 'hand',
    created_at: '2026-01-01T00:00:00.000Z',
    ...more,
  };
}

/** A study with questions of these ids, and what `settings` say (`sampling.n=4`). */
export async function studyWith(
  folder: string,
  questionIds: readonly string[],
  settings: readonly string[] = [],
): Promise<Study> {
  const study = await initStudy(folder, ['sampling.model=scripted', ...settings].map(parseSetting));
  await writeRecords(
    study.paths.questions,
    questionIds.map((id) => questionRecord(id)),
  );
  return study;
}

export function writeRecords(path: string, records: readonly object[]): Promise<void> {
  return writeFile(path, records.map(encodeRecord).join(''));
}
