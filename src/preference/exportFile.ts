import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SchemaElement } from 'hyparquet';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { fileError } from '../errors.ts';
import { encodeRecord } from '../records/jsonl.ts';
import { writeAtomic } from '../records/writeAtomic.ts';
import { exists } from '../study/study.ts';

/** Long contexts make rows of a hundred kilobytes: few of them are held at once. */
const ROWS_A_GROUP = 100;

/**
 * Writes the rows of an export as JSON Lines, or as Parquet where the name says so.
 *
 * @returns how many there were.
 */
export async function writeRows(path: string, rows: AsyncIterable<object>): Promise<number> {
  let count = 0;
  async function* counted(): AsyncGenerator<object, void, undefined> {
    for await (const row of rows) {
      count += 1;
      yield row;
    }
  }
  if (path.endsWith('.parquet')) await writeParquet(path, counted());
  else await writeAtomic(path, lines(counted()));
  return count;
}

async function* lines(rows: AsyncIterable<object>): AsyncGenerator<string, void, undefined> {
  for await (const row of rows) yield encodeRecord(row);
}

async function writeParquet(path: string, rows: AsyncIterable<object>): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = new ParquetWriter({ writer: fileWriter(path), schema: PAIR_SCHEMA });
    let group: Record<string, unknown>[] = [];
    const write = async () => {
      const columnData = COLUMNS.map((name) => ({ name, data: group.map((row) => row[name]) }));
      await file.write({ columnData, rowGroupSize: ROWS_A_GROUP });
      group = [];
    };
    for await (const row of rows) {
      group.push({ ...row });
      if (group.length === ROWS_A_GROUP) await write();
    }
    if (group.length > 0) await write();
    await file.finish();
  } catch (error) {
    throw fileError('write', path, error);
  }
}

const MESSAGE_COLUMNS = ['prompt', 'chosen', 'rejected'];
const COLUMNS = [...MESSAGE_COLUMNS, 'question_id', 'chosen_score', 'rejected_score'];

const text = (name: string): SchemaElement => ({
  name,
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  repetition_type: 'REQUIRED',
});

/** TRL's preference rows: lists of messages, then what they come from. */
const PAIR_SCHEMA: SchemaElement[] = [
  { name: 'pairs', num_children: COLUMNS.length },
  ...MESSAGE_COLUMNS.flatMap((name): SchemaElement[] => [
    { name, repetition_type: 'REQUIRED', num_children: 1, converted_type: 'LIST' },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'REQUIRED', num_children: 2 },
    text('role'),
    text('content'),
  ]),
  text('question_id'),
  { name: 'chosen_score', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
  { name: 'rejected_score', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
];

export async function describeFile(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

export async function sha256OrNull(path: string): Promise<string | null> {
  return (await exists(path)) ? (await describeFile(path)).sha256 : null;
}
