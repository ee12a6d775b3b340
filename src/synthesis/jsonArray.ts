import { SealongError } from '../errors.ts';
import { MAX_LINE_BYTES } from '../records/lines.ts';

/** One element of a JSON array: `row` and `line` (where it begins) count from 1. */
export interface ArrayElement {
  row: number;
  line: number;
  bytes: Buffer;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);
const BLANK = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * The elements of a file that is one JSON array, as bytes, from the stream of its bytes: HotpotQA's training set (566 MB) is longer
 * than a string can be. Only brackets and strings are followed; whoever parses an element finds what is wrong within.
 *
 * @throws SealongError `file_truncated` where the array does not end, `bad_json` where more follows it, `line_too_long`.
 */
export async function* readArray(
  path: string,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<ArrayElement, void, undefined> {
  const scan = new ArrayScan(path);
  for await (const chunk of chunks) yield* scan.feed(chunk);
  scan.end();
}

class ArrayScan {
  readonly #path: string;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #ended = false;
  #line = 1;
  #row = 0;
  /** The element being read: the line it began on and its bytes of earlier chunks. */
  #element: { line: number; parts: Buffer[]; size: number } | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  *feed(chunk: Buffer): Generator<ArrayElement, void, undefined> {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (this.#inString) {
        at = this.#endOfString(chunk, at);
        continue;
      }
      if (byte === NEWLINE) this.#line += 1;
      if (BLANK.has(byte)) continue;
      if (this.#ended) throw this.#trailing();
      const closesArray = this.#depth === 1 && CLOSING.has(byte);
      if (this.#depth === 1 && (byte === COMMA || closesArray)) {
        if (this.#element) yield this.#finish(chunk.subarray(start, at));
      } else if (this.#depth >= 1 && !this.#element) {
        start = at;
        this.#element = { line: this.#line, parts: [], size: 0 };
      }
      if (byte === QUOTE) this.#inString = true;
      else if (OPENING.has(byte)) this.#depth += 1;
      else if (CLOSING.has(byte)) this.#depth -= 1;
      this.#ended = closesArray;
    }
    this.#keep(chunk.subarray(start));
  }

  end(): void {
    if (this.#ended) return;
    throw new SealongError(
      'file_truncated',
      `${this.#path} ends in the middle of its JSON array, after ${this.#row} whole rows (line ${this.#line}): a part of the file is missing. Get the whole file again.`,
    );
  }

  /** Where the string that `from` stands in ends, or the end of the chunk. Strings are most of a file. */
  #endOfString(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at];
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) {
        this.#inString = false;
        return at;
      }
    }
    return chunk.length;
  }

  #keep(bytes: Buffer): void {
    if (!this.#element) return;
    this.#element.parts.push(bytes);
    this.#element.size += bytes.length;
    if (this.#element.size > MAX_LINE_BYTES)
      throw new SealongError(
        'line_too_long',
        `${this.#path}, row ${this.#row + 1} (line ${this.#element.line}): the row is longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB. Check that the file is an array of one object a question.`,
      );
  }

  #finish(last: Buffer): ArrayElement {
    const { line, parts } = this.#element ?? { line: this.#line, parts: [] };
    this.#element = undefined;
    this.#row += 1;
    return { row: this.#row, line, bytes: Buffer.concat([...parts, last]) };
  }

  #trailing(): SealongError {
    return new SealongError(
      'bad_json',
      `${this.#path}, line ${this.#line}: more text follows the end of the JSON array. Make it one array, or JSON Lines with one object a line.`,
    );
  }
}
