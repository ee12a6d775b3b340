import { join } from 'node:path';
import { readAllRecords, type Problem } from '../records/jsonl.ts';
import { answersSchema } from '../records/schemas.ts';
import type { Study } from '../study/study.ts';

/**
 * Gold answers by question id. Only evaluation may import this module: nothing that makes pairs sees an answer.
 */
export async function allClustered(
  study: Study,
): Promise<{ answers: Map<string, string[]>; problems: Problem[] }> {
  const { records, problems } = await readAllRecords(
    join(study.dir, 'answers.jsonl'),
    answersSchema,
  );
  return {
    answers: new Map(records.map(({ value }) => [value.question_id, value.answers])),
    problems,
  };
}
