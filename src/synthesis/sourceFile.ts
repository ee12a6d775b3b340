import { isUtf8 } from 'node:buffer';
import { open, stat } from 'node:fs/promises';
import { SealongError, fileError, messageOf } from '../errors.ts';
import { chunkLines } from './chunkLines.ts';
import { fileChunks, type Compression } from './chunks.ts';
import { readArray } from './jsonArray.ts';
import { countParquetRows, parquetRows } from './parquetFile.ts';

/**
 * One row of a dataset's file, parsed, or what is wrong with it. `row` and `line` count from 1; `line` is 0 where the file
 * has no lines.
 */
export type SourceRow = { row: number; line: number } & (
  { ok: true; value: unknown } | { ok: false; message: string }
);

/** A dataset's file: its rows can be read as often as wanted, always from the first. */
export interface SourceFile {
  path: string;
  container: 'lines' | 'array' | 'parquet';
  compression: Compression | undefined;
  rows: () => AsyncGenerator<SourceRow, void, undefined>;
  /** The number of rows, counted no further than is of interest. */
  count: (upTo: number) => Promise<number>;
}

const HEAD_BYTES = 4096;
const PARQUET = [0x50, 0x41, 0x52, 0x31];
const COMPRESSIONS: readonly { bytes: number[]; compression: Compression }[] = [
  { bytes: [0x1f, 0x8b], compression: 'gzip' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], compression: 'zstd' },
];
const ZIP = [0x50, 0x4b, 0x03, 0x04];

/**
 * Looks at the beginning of a file: one JSON array, or JSON Lines, either packed by gzip or zstd or not, or Parquet.
 *
 * @throws SealongError `missing_file`, `not_a_file`, `read_only`, `empty_file`, `wrong_encoding`, `unknown_format`,
 *   `file_truncated`, `file_damaged`, `no_zstd`.
 */
export async function openSource(path: string): Promise<SourceFile> {
  const outer = await readHead(path);
  if (begins(outer, PARQUET)) return parquetSource(path);
  const compression = COMPRESSIONS.find(({ bytes }) => begins(outer, bytes))?.compression;
  const head = compression ? await unpackedHead(path, compression) : outer;
  refuseForeign(path, head);
  const first = firstByte(head);
  if (first === undefined)
    throw new SealongError(
      'empty_file',
      `${path} is empty. Name a file with questions, one JSON object a line.`,
    );
  const isArray = first === 0x5b;
  const chunks = () => fileChunks(path, compression);
  const elements = isArray ? () => readArray(path, chunks()) : () => lineElements(path, chunks());
  return {
    path,
    container: isArray ? 'array' : 'lines',
    compression,
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

function parquetSource(path: string): SourceFile {
  return {
    path,
    container: 'parquet',
    compression: undefined,
    rows: async function* () {
      let row = 0;
      for await (const value of parquetRows(path)) yield { row: ++row, line: 0, ok: true, value };
    },
    count: async (upTo) => Math.min(upTo, await countParquetRows(path)),
  };
}

/** Where a row stands, for a message. */
export function placeOf({ row, line }: { row: number; line: number }): string {
  if (line === 0) return `row ${row}`;
  return row === line ? `line ${line}` : `row ${row} (line ${line})`;
}

async function* lineElements(path: string, chunks: AsyncIterable<Buffer>) {
  let row = 0;
  for await (const { line, bytes } of chunkLines(path, chunks)) yield { row: ++row, line, bytes };
}

/** @returns whether the line or element is JSON, and what it holds. */
export function parsed(
  bytes: Buffer,
): { ok: true; value: unknown } | { ok: false; message: string } {
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
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError('read', path, error);
  }
}

async function unpackedHead(path: string, compression: Compression): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of fileChunks(path, compression)) {
    parts.push(chunk);
    size += chunk.length;
    if (size >= HEAD_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, HEAD_BYTES);
}

function begins(head: Buffer, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => head[index] === byte);
}

function refuseForeign(path: string, head: Buffer): void {
  const what = begins(head, ZIP) ? 'a zip archive' : undefined;
  const named = /\.parquet$/i.test(path)
    ? 'named as Parquet, but does not begin as one'
    : undefined;
  const packed = begins(head, PARQUET) ? 'a Parquet file that is packed once more' : undefined;
  const foreign = what ?? named ?? packed;
  if (foreign !== undefined)
    throw new SealongError(
      'unknown_format',
      `${path} is ${foreign}; SeaLong reads JSON Lines and JSON arrays (as they are, or packed by gzip or zstd) and Parquet. Unpack or convert it first.`,
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
