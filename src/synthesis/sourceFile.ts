import { isUtf8 } from 'node:buffer';
import { open, stat } from 'node:fs/promises';
import { SealongError, fileError, messageOf } from '../errors.ts';
import { readLines } from '../records/lines.ts';
import { readArray } from './jsonArray.ts';

/** One row of a dataset's file, parsed, or what is wrong with it. `row` and `line` count from 1. */
export type SourceRow = { row: number; line: number } & (
  { ok: true; value: unknown } | { ok: false; message: string }
);

/** A dataset's file: its rows can be read as often as wanted, always from the first. */
export interface SourceFile {
  path: string;
  rows: () => AsyncGenerator<SourceRow, void, undefined>;
  /** The number of rows, counted no further than is of interest. */
  count: (upTo: number) => Promise<number>;
}

/** Beginnings of files that hold no JSON text. */
const FOREIGN = [
  { bytes: [0x50, 0x41, 0x52, 0x31], what: 'a Parquet file' },
  { bytes: [0x1f, 0x8b], what: 'compressed with gzip' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], what: 'compressed with zstd' },
  { bytes: [0x50, 0x4b, 0x03, 0x04], what: 'a zip archive' },
];

/**
 * Looks at the beginning of a file: one JSON array, or JSON Lines.
 *
 * @throws SealongError `missing_file`, `not_a_file`, `read_only`, `empty_file`, `wrong_encoding`, `unknown_format`.
 */
export async function openSource(path: string): Promise<SourceFile> {
  const head = await readHead(path);
  const first = firstByte(head);
  if (first === undefined)
    throw new SealongError(
      'empty_file',
      `${path} is empty. Name a file with questions, one JSON object a line.`,
    );
  const elements = first === 0x5b ? () => readArray(path) : () => lineElements(path);
  return {
    path,
    rows: async function* () {
      for await (const { row, line, bytes } of elements()) yield { row, line, ...parsed(bytes) };
    },
    count: async (upTo) => {
      let rows = 0;
      for await (const { row } of elements()) {
        rows = row;
        if (rows >= upTo) break;
      }
      return rows;
    },
  };
}

/** Where a row stands, for a message. */
export function placeOf({ row, line }: { row: number; line: number }): string {
  return row === line ? `line ${line}` : `row ${row} (line ${line})`;
}

async function* lineElements(path: string) {
  let row = 0;
  for await (const lines of readLines(path))
    for (const { line, bytes } of lines) yield { row: ++row, line, bytes };
}

function parsed(bytes: Buffer): { ok: true; value: unknown } | { ok: false; message: string } {
  if (!isUtf8(bytes)) return { ok: false, message: 'not valid UTF-8. Save the file as UTF-8.' };
  try {
    return { ok: true, value: JSON.parse(bytes.toString('utf8')) };
  } catch (error) {
    return { ok: false, message: `not valid JSON (${messageOf(error)}).` };
  }
}

async function readHead(path: string): Promise<Buffer> {
  try {
    // Before opening: that of a pipe would wait for a writer.
    const stats = await stat(path);
    if (!stats.isFile())
      throw new SealongError(
        'not_a_file',
        `Could not read ${path}: it is ${stats.isDirectory() ? 'a folder' : 'no plain file'}. Name a file.`,
      );
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
      const head = buffer.subarray(0, bytesRead);
      refuseForeign(path, head);
      return head;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError('read', path, error);
  }
}

function refuseForeign(path: string, head: Buffer): void {
  const foreign = FOREIGN.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte));
  if (foreign)
    throw new SealongError(
      'unknown_format',
      `${path} is ${foreign.what}; SeaLong reads JSON Lines and JSON arrays. Unpack or convert it first.`,
    );
  const [first, second] = head;
  // UTF-16 has a mark, or a zero in every other byte of ASCII text.
  if (
    (first === 0xff && second === 0xfe) ||
    (first === 0xfe && second === 0xff) ||
    head.includes(0)
  )
    throw new SealongError(
      'wrong_encoding',
      `${path} is in UTF-16 or no text at all; SeaLong reads UTF-8. Save it as UTF-8 (in VS Code: "Save with Encoding").`,
    );
}

function firstByte(head: Buffer): number | undefined {
  const text = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? head.subarray(3) : head;
  return text.find((byte) => ![0x20, 0x09, 0x0a, 0x0d].includes(byte));
}
