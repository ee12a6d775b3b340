import { openSync, closeSync, readSync, fstatSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { SealongError, fileError } from '../../errors.ts';

/**
 * Where a document stands in its JSON Lines file: `offset` and `length` in bytes; `title` is the beginning of the SHA-256
 * of its normalised title, 0 where it has none.
 */
export interface IndexEntry {
  offset: number;
  length: number;
  title: bigint;
}

/** Offset as float64 (exact to 2^53), length as uint32, hash of the title as uint64; little-endian. */
const ENTRY_BYTES = 20;
const BUFFERED_ENTRIES = 4096;

export function titleHash(normalizedTitle: string): bigint {
  if (normalizedTitle === '') return 0n;
  return createHash('sha256').update(normalizedTitle).digest().readBigUInt64LE(0);
}

/** Appends entries to a file. */
export class IndexWriter {
  readonly #file: FileHandle;
  #buffer = Buffer.alloc(ENTRY_BYTES * BUFFERED_ENTRIES);
  #used = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async add({ offset, length, title }: IndexEntry): Promise<void> {
    this.#buffer.writeDoubleLE(offset, this.#used);
    this.#buffer.writeUInt32LE(length, this.#used + 8);
    this.#buffer.writeBigUInt64LE(title, this.#used + 12);
    this.#used += ENTRY_BYTES;
    if (this.#used === this.#buffer.length) await this.flush();
  }

  async flush(): Promise<void> {
    await this.#file.write(this.#buffer, 0, this.#used);
    this.#used = 0;
  }
}

/** Reads entries where they stand, so that memory does not grow with their number. */
export class IndexReader {
  readonly size: number;
  readonly #path: string;
  readonly #file: number;
  readonly #entry = Buffer.alloc(ENTRY_BYTES);

  constructor(path: string) {
    this.#path = path;
    try {
      this.#file = openSync(path, 'r');
      this.size = fstatSync(this.#file).size / ENTRY_BYTES;
    } catch (error) {
      throw fileError('read', path, error);
    }
  }

  at(index: number): IndexEntry {
    const read = readSync(this.#file, this.#entry, 0, ENTRY_BYTES, index * ENTRY_BYTES);
    if (read !== ENTRY_BYTES)
      throw new SealongError(
        'file_changed',
        `${this.#path} changed while it was read. Delete it and run this again.`,
      );
    return {
      offset: this.#entry.readDoubleLE(0),
      length: this.#entry.readUInt32LE(8),
      title: this.#entry.readBigUInt64LE(12),
    };
  }

  /** The title hashes of all entries in order, read in large parts. */
  *titles(): Generator<bigint, void, undefined> {
    const part = Buffer.alloc(ENTRY_BYTES * BUFFERED_ENTRIES);
    for (let first = 0; first < this.size; first += BUFFERED_ENTRIES) {
      const read = readSync(this.#file, part, 0, part.length, first * ENTRY_BYTES);
      for (let at = 0; at + ENTRY_BYTES <= read; at += ENTRY_BYTES)
        yield part.readBigUInt64LE(at + 12);
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}
