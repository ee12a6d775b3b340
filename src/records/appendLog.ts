import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileError } from '../errors.ts';
import { encodeRecord } from './jsonl.ts';

/** How much of the end of a file is looked at for a torn line at first; doubled until a line break is found. */
const TAIL_BYTES = 64 * 1024;

/**
 * An append-only JSON Lines file. Opening it mends a torn last line: a whole record gets its line break, a part of one
 * is cut off. Records are written at the end of the file as they come, those that come during a write together by the
 * next, so a kill tears at most one record.
 */
export class AppendLog {
  /** Bytes of a half-written record that opening the file cut off; 0 where the file was whole. */
  readonly tornBytes: number;
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #durable: boolean;
  #waiting: Waiting[] = [];
  #tail: Promise<void> | undefined;

  private constructor(path: string, file: FileHandle, tornBytes: number, durable: boolean) {
    this.#path = path;
    this.#file = file;
    this.tornBytes = tornBytes;
    this.#durable = durable;
  }

  /**
   * Opens or creates the file and its folder.
   *
   * @param options.durable also wait for the disk (fdatasync) at each record: for decisions, which cannot be made again.
   * @throws SealongError `read_only`, `disk_full`, `not_a_folder`.
   */
  static async open(path: string, options: { durable?: boolean } = {}): Promise<AppendLog> {
    try {
      await mkdir(dirname(path), { recursive: true });
      const torn = await repair(path);
      const file = await open(path, 'a+');
      return new AppendLog(path, file, torn, options.durable ?? false);
    } catch (error) {
      throw fileError('open', path, error);
    }
  }

  /** Resolves once the record is handed to the system (and is on the disk, where durable). Calls are kept in order. */
  append(record: object): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line: encodeRecord(record), resolve, reject });
      this.#tail ??= this.#drain();
    });
  }

  async close(): Promise<void> {
    await this.#tail;
    await this.#file.close();
  }

  async #drain(): Promise<void> {
    // Answers come in bursts: what else comes in this turn of the loop is written with it.
    await setImmediate();
    while (this.#waiting.length > 0) {
      const together = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write(Buffer.from(together.map(({ line }) => line).join(''), 'utf8'));
        for (const { resolve } of together) resolve();
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    this.#tail = undefined;
  }

  async #write(bytes: Buffer): Promise<void> {
    let written = 0;
    try {
      while (written < bytes.length)
        written += (await this.#file.write(bytes, written, bytes.length - written)).bytesWritten;
      if (this.#durable) await this.#file.datasync();
    } catch (error) {
      // A full disk may have taken a part of the line: without this the next record would be glued to it.
      await this.#cutBack(written).catch(() => undefined);
      throw fileError('append to', this.#path, error);
    }
  }

  /** Takes back what a write that failed had written. */
  async #cutBack(written: number): Promise<void> {
    const { size } = await this.#file.stat();
    await this.#file.truncate(size - written);
  }
}

/** A record that is to be written. */
interface Waiting {
  line: string;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Mends the end of the file; returns the number of bytes cut off. */
async function repair(path: string): Promise<number> {
  const file = await open(path, 'r+').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return 0;
  try {
    const { size } = await file.stat();
    const tail = await lastLine(file, size);
    if (tail.length === 0) return 0;
    if (isJson(tail)) {
      await file.write('\n', size);
      return 0;
    }
    await file.truncate(size - tail.length);
    return tail.length;
  } finally {
    await file.close();
  }
}

/** The bytes after the last line break. */
async function lastLine(file: FileHandle, size: number): Promise<Buffer> {
  for (let span = TAIL_BYTES; ; span *= 2) {
    const start = Math.max(0, size - span);
    const bytes = Buffer.alloc(size - start);
    await file.read(bytes, 0, bytes.length, start);
    const newline = bytes.lastIndexOf(0x0a);
    if (newline >= 0) return bytes.subarray(newline + 1);
    if (start === 0) return bytes;
  }
}

function isJson(bytes: Buffer): boolean {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
