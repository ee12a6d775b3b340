import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SealongError, fileError } from '../errors.ts';
import { digestOf } from '../study/canonicalHash.ts';

const KEY_BYTES = 16;
const RECORD_BYTES = KEY_BYTES + 4;
/** A larger file is begun anew: 3 million texts, more than a study of 2,048 long contexts draws in ten seeds. */
const LARGEST_BYTES = 64 * 1024 * 1024;

/** Identifies a text whose tokens are counted: the first 16 bytes of its SHA-256, as latin1. */
export function textKey(text: string): string {
  return createHash('sha256').update(text).digest('binary').slice(0, KEY_BYTES);
}

/**
 * Token counts by the hash of the text, kept in a file for each tokenizer: records of 16 bytes of hash and a
 * little-endian uint32, appended. A torn last record is cut off at the next opening.
 */
export class KnownCounts {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #counts = new Map<string, number>();
  #unwritten: Buffer[] = [];

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** @param counterId names the tokenizer; another one has another file. */
  static async open(folder: string, counterId: string): Promise<KnownCounts> {
    const path = join(folder, `${digestOf(counterId)}.bin`);
    try {
      await mkdir(dirname(path), { recursive: true });
      const file = await open(path, 'a+');
      try {
        const { size } = await file.stat();
        const whole = size > LARGEST_BYTES ? 0 : size - (size % RECORD_BYTES);
        if (whole !== size) await file.truncate(whole);
        const known = new KnownCounts(path, file);
        if (whole > 0) known.#load(await readFile(path));
        return known;
      } catch (error) {
        await file.close();
        throw error;
      }
    } catch (error) {
      throw fileError('open', path, error);
    }
  }

  get(key: string): number | undefined {
    return this.#counts.get(key);
  }

  set(key: string, count: number): void {
    if (this.#counts.has(key)) return;
    this.#counts.set(key, count);
    const record = Buffer.alloc(RECORD_BYTES);
    record.write(key, 0, 'latin1');
    record.writeUInt32LE(count, KEY_BYTES);
    this.#unwritten.push(record);
  }

  /** Writes what is new. A cache that cannot be written costs time only, so a full disk is not told here. */
  async flush(): Promise<void> {
    const records = this.#unwritten;
    this.#unwritten = [];
    if (records.length === 0) return;
    try {
      await this.#file.write(Buffer.concat(records));
    } catch (error) {
      const mapped = fileError('write', this.#path, error);
      if (!(mapped instanceof SealongError && mapped.code === 'disk_full')) throw mapped;
      await rm(this.#path, { force: true });
    }
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.#file.close();
    }
  }

  #load(bytes: Buffer): void {
    for (let at = 0; at + RECORD_BYTES <= bytes.length; at += RECORD_BYTES)
      this.#counts.set(
        bytes.toString('latin1', at, at + KEY_BYTES),
        bytes.readUInt32LE(at + KEY_BYTES),
      );
  }
}
