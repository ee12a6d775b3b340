import { isUtf8 } from 'node:buffer';
import { BadBody } from './responseBody.ts';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** The most that one event may hold. */
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Reads server-sent events from chunks cut anywhere, also within a character: lines end with LF or CRLF, and the `data`
 * of an event is handed on at the blank line after it. Comments and other fields are passed over.
 */
export class EventLines {
  readonly #onEvent: (data: string) => void;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #data: string[] = [];

  constructor(onEvent: (data: string) => void) {
    this.#onEvent = onEvent;
  }

  /** @throws BadBody for an event without end or one that is no UTF-8. */
  push(chunk: Buffer): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end < 0) break;
      const rest = chunk.subarray(start, end);
      this.#line(this.#pending.length === 0 ? rest : Buffer.concat([...this.#pending, rest]));
      this.#pending = [];
      this.#pendingBytes = 0;
      start = end + 1;
    }
    if (start === chunk.length) return;
    this.#pending.push(chunk.subarray(start));
    this.#pendingBytes += chunk.length - start;
    if (this.#pendingBytes > MOST_BYTES)
      throw new BadBody(`an event of more than ${MOST_BYTES / 1024 / 1024} MiB`);
  }

  /** Takes the last event also where no blank line followed it. */
  end(): void {
    if (this.#pending.length > 0) this.#line(Buffer.concat(this.#pending));
    this.#pending = [];
    this.#dispatch();
  }

  #line(raw: Buffer): void {
    const line = raw.at(-1) === CARRIAGE_RETURN ? raw.subarray(0, -1) : raw;
    if (line.length === 0) {
      this.#dispatch();
      return;
    }
    if (!isUtf8(line)) throw new BadBody('text that is not UTF-8');
    const text = line.toString('utf8');
    if (text.startsWith('data:')) this.#data.push(text.slice(text[5] === ' ' ? 6 : 5));
  }

  #dispatch(): void {
    if (this.#data.length === 0) return;
    const data = this.#data.join('\n');
    this.#data = [];
    this.#onEvent(data);
  }
}
