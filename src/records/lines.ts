import { open } from 'node:fs/promises';
import { SealongError, fileError } from '../errors.ts';

/** One line of a text file; `offset` and `length` are bytes, without the line break; `line` counts from 1. */
export interface Line {
  line: number;
  offset: number;
  length: number;
  /** Where the next line starts. */
  end: number;
  /** Until the next batch is asked for. */
  bytes: Buffer;
  /** False for a last line without a line break: it may be half written. */
  complete: boolean;
}

/** Where reading can go on after more has been appended: the start of the first incomplete line. */
export interface Position {
  offset: number;
  line: number;
}

export const START: Position = { offset: 0, line: 1 };

/** A record is at most this long; a longer line means that the file is not what it should be. */
export const MAX_LINE_BYTES = 256 * 1024 * 1024;

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * The lines of a UTF-8 file in batches of one read (256 KiB), so that a reader in an editor host yields between them.
 * Knows LF and CRLF, skips a byte order mark and empty lines, and never splits a character: it cuts at byte 0x0A only.
 *
 * @throws SealongError `wrong_encoding` for UTF-16, `line_too_long` beyond {@link MAX_LINE_BYTES}.
 */
export async function* readLines(
  path: string,
  from: Position = START,
  signal?: AbortSignal,
): AsyncGenerator<Line[], void, undefined> {
  let { offset, line } = from;
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  try {
    for await (const chunk of readChunks(path, offset, signal)) {
      if (offset === 0 && pendingBytes === 0) refuseUtf16(path, chunk);
      const batch: Line[] = [];
      let start = 0;
      for (;;) {
        const end = chunk.indexOf(NEWLINE, start);
        if (end < 0) break;
        const raw = joined(pending, chunk.subarray(start, end));
        pending = [];
        pendingBytes = 0;
        push(batch, raw, line, offset, true);
        offset += raw.length + 1;
        line += 1;
        start = end + 1;
      }
      if (batch.length > 0) yield batch;
      if (start < chunk.length) {
        // Copied, since the next chunk takes its place.
        pending.push(Buffer.from(chunk.subarray(start)));
        pendingBytes += chunk.length - start;
        if (pendingBytes > MAX_LINE_BYTES) throw tooLong(path, line);
      }
    }
  } catch (error) {
    throw fileError('read', path, error);
  }
  if (pendingBytes > 0) {
    const batch: Line[] = [];
    push(batch, joined(pending, Buffer.alloc(0)), line, offset, false);
    if (batch.length > 0) yield batch;
  }
}

const CHUNK_BYTES = 256 * 1024;

/** All in one buffer: a new one for each part of a file of a gigabyte is memory that comes back late. */
async function* readChunks(
  path: string,
  offset: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (let position = offset; ;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

function push(batch: Line[], raw: Buffer, line: number, offset: number, complete: boolean): void {
  let bytes = raw;
  let skipped = 0;
  if (offset === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    skipped = 3;
    bytes = bytes.subarray(3);
  }
  if (bytes.at(-1) === CARRIAGE_RETURN) bytes = bytes.subarray(0, -1);
  if (isBlank(bytes)) return;
  batch.push({
    line,
    offset: offset + skipped,
    length: bytes.length,
    end: offset + raw.length + 1,
    bytes,
    complete,
  });
}

function joined(pending: readonly Buffer[], last: Buffer): Buffer {
  return pending.length === 0 ? last : Buffer.concat([...pending, last]);
}

function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte !== 0x20 && byte !== 0x09) return false;
  return true;
}

function refuseUtf16(path: string, chunk: Buffer): void {
  const [first, second] = chunk;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new SealongError(
      'wrong_encoding',
      `${path} is in UTF-16; SeaLong reads UTF-8. Save it as UTF-8 (in VS Code: "Save with Encoding").`,
    );
}

function tooLong(path: string, line: number): SealongError {
  return new SealongError(
    'line_too_long',
    `${path}, line ${line}: the line is longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB. Check that the file is JSON Lines, one record a line.`,
  );
}
