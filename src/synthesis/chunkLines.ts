import { SealongError } from '../errors.ts';
import { MAX_LINE_BYTES } from '../records/lines.ts';

const NEWLINE = 0x0a;
const BLANK = new Set([0x20, 0x09, 0x0d]);

/** The lines of a stream of bytes without their breaks (LF or CRLF), without blank ones and a byte order mark. */
export async function* chunkLines(
  path: string,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<{ line: number; bytes: Buffer }, void, undefined> {
  let pending: Buffer[] = [];
  let size = 0;
  let line = 1;
  const finish = (end: Buffer): Buffer => {
    const whole = pending.length === 0 ? end : Buffer.concat([...pending, end]);
    pending = [];
    size = 0;
    return line === 1 ? withoutMark(whole) : whole;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end < 0) break;
      const bytes = finish(chunk.subarray(start, end));
      if (!isBlank(bytes)) yield { line, bytes };
      line += 1;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    pending.push(chunk.subarray(start));
    size += chunk.length - start;
    if (size > MAX_LINE_BYTES)
      throw new SealongError(
        'line_too_long',
        `${path}, line ${line}: the line is longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB. Check that the file is JSON Lines, one object a line.`,
      );
  }
  const last = finish(Buffer.alloc(0));
  if (!isBlank(last)) yield { line, bytes: last };
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) if (!BLANK.has(byte)) return false;
  return true;
}
