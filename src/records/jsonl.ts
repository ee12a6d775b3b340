import { open } from 'node:fs/promises';
import { isUtf8 } from 'node:buffer';
import type { ZodType } from 'zod';
import { SealongError, fileError, messageOf } from '../errors.ts';
import { readLines, START, type Position } from './lines.ts';

/** What is wrong with one line of a file: it is left out, counted and shown, and the rest is used. */
export interface Problem {
  file: string;
  line: number;
  message: string;
}

export function problemText(problem: Problem): string {
  return `${problem.file}, line ${problem.line}: ${problem.message}`;
}

/** A record together with where it stands in its file (bytes), so that it can be read again alone. */
export interface Located<T> {
  value: T;
  line: number;
  offset: number;
  length: number;
}

export interface Batch<T> {
  records: Located<T>[];
  problems: Problem[];
  /** Where to go on once more has been appended. */
  next: Position;
}

/**
 * The records of a JSON Lines file in batches. A line that is no valid record becomes a problem, never an exception; a
 * last line without a line break that does not parse is taken for one that is still being written, and is left for the
 * next reading.
 */
export async function* readRecords<T>(
  path: string,
  schema: ZodType<T>,
  from: Position = START,
  signal?: AbortSignal,
): AsyncGenerator<Batch<T>, void, undefined> {
  for await (const lines of readLines(path, from, signal)) {
    const batch: Batch<T> = { records: [], problems: [], next: from };
    for (const line of lines) {
      const parsed = parseLine(line.bytes, schema);
      if (!parsed.ok && !line.complete) {
        batch.next = { offset: line.offset, line: line.line };
        break;
      }
      if (parsed.ok)
        batch.records.push({
          value: parsed.value,
          line: line.line,
          offset: line.offset,
          length: line.length,
        });
      else batch.problems.push({ file: path, line: line.line, message: parsed.message });
      batch.next = line.complete
        ? { offset: line.end, line: line.line + 1 }
        : { offset: line.offset, line: line.line };
    }
    yield batch;
  }
}

/** All records of a file that is known to be small; a file that does not exist has none. */
export async function readAllRecords<T>(
  path: string,
  schema: ZodType<T>,
): Promise<{ records: Located<T>[]; problems: Problem[] }> {
  const records: Located<T>[] = [];
  const problems: Problem[] = [];
  try {
    for await (const batch of readRecords(path, schema)) {
      records.push(...batch.records);
      problems.push(...batch.problems);
    }
  } catch (error) {
    if (!(error instanceof SealongError && error.code === 'missing_file')) throw error;
  }
  return { records, problems };
}

interface Place {
  offset: number;
  length: number;
}

/** The one record at a place that a scan reported earlier. */
export async function readRecordAt<T>(path: string, at: Place, schema: ZodType<T>): Promise<T> {
  const [record] = await readRecordsAt(path, [at], schema);
  if (record === undefined) throw new Error(`${path} was read and gave no record.`);
  return record;
}

/** Records at places that a scan reported earlier, in the order of the places; those that lie together are read together. */
export async function readRecordsAt<T>(
  path: string,
  places: readonly Place[],
  schema: ZodType<T>,
): Promise<T[]> {
  const lines = new Map<Place, Buffer>();
  try {
    const file = await open(path, 'r');
    try {
      for (const span of spansOf(places)) {
        const bytes = Buffer.alloc(span.end - span.start);
        await file.read(bytes, 0, bytes.length, span.start);
        for (const place of span.places) {
          const from = place.offset - span.start;
          lines.set(place, bytes.subarray(from, from + place.length));
        }
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError('read', path, error);
  }
  return places.map((place) => {
    const parsed = parseLine(lines.get(place) ?? Buffer.alloc(0), schema);
    if (parsed.ok) return parsed.value;
    throw new SealongError(
      'file_changed',
      `${path} changed while it was read (at byte ${place.offset}: ${parsed.message}). Try again.`,
    );
  });
}

/** Bytes between two records that are rather read than passed over, and how many are read at once. */
const GAP_BYTES = 16 * 1024;
const SPAN_BYTES = 1024 * 1024;

function spansOf(places: readonly Place[]): { start: number; end: number; places: Place[] }[] {
  const spans: { start: number; end: number; places: Place[] }[] = [];
  for (const place of [...places].sort((a, b) => a.offset - b.offset)) {
    const end = place.offset + place.length;
    const last = spans.at(-1);
    if (last && place.offset - last.end <= GAP_BYTES && end - last.start <= SPAN_BYTES) {
      last.end = Math.max(last.end, end);
      last.places.push(place);
    } else spans.push({ start: place.offset, end, places: [place] });
  }
  return spans;
}

/** One record as a line with its line break; `null` where a number is not finite, as JSON has no NaN. */
export function encodeRecord(record: object): string {
  return `${JSON.stringify(record)}\n`;
}

type Parsed<T> = { ok: true; value: T } | { ok: false; message: string };

function parseLine<T>(bytes: Buffer, schema: ZodType<T>): Parsed<T> {
  if (!isUtf8(bytes))
    return { ok: false, message: 'the line is not valid UTF-8. Save the file as UTF-8.' };
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    return { ok: false, message: `the line is not valid JSON (${messageOf(error)}).` };
  }
  const result = schema.safeParse(json);
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, message: `${issuesText(result.error.issues)}.` };
}

/** What a schema found wrong, field by field, in one line. */
export function issuesText(
  issues: readonly { path: readonly PropertyKey[]; message: string }[],
): string {
  return issues
    .slice(0, 4)
    .map((issue) =>
      issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message,
    )
    .join('; ');
}
