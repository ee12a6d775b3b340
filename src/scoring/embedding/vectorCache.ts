import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { fileError } from '../../errors.ts';
import { digestOf } from '../../study/canonicalHash.ts';

/** What is kept of an embedding. */
export interface CachedVector {
  vector: Float32Array;
  tokens: number | null;
  truncated: boolean | null;
}

/** Most bytes of vectors, over all models: four times 2,048 questions of 32 texts at 1,024 dimensions. */
const MOST_BYTES = 2 ** 30;
const MAGIC = 'SLVEC001';
/** Magic and number of dimensions. */
const HEADER_BYTES = 12;
/** Digest of the text, tokens, whether it was truncated, checksum of the vector and of these. */
const ENTRY_BYTES = 16 + 4 + 4 + 4 + 4;
const UNKNOWN = 0xffffffff;

/**
 * Embeddings of one model by the content of the text: vectors (float32, little endian) in one file, and in an index beside
 * it one entry for each, in the same order. Both only grow; what a kill or damage left is cut off or passed over, and
 * embedded again. One process writes at a time, as scoring is locked.
 */
export class VectorCache {
  readonly #vectors: FileHandle;
  readonly #index: FileHandle;
  readonly #path: string;
  readonly #places = new Map<string, { place: number; entry: Buffer }>();
  readonly #mostBytes: number;
  #dimensions = 0;
  #count = 0;

  private constructor(path: string, vectors: FileHandle, index: FileHandle, mostBytes: number) {
    this.#path = path;
    this.#vectors = vectors;
    this.#index = index;
    this.#mostBytes = mostBytes;
  }

  /**
   * Opens or makes the cache of a model in a folder, and takes away those of other models, the oldest first, while all
   * together are too large.
   *
   * @param modelId `Embedder.id`.
   * @throws SealongError `read_only`, `disk_full`, `not_a_folder`.
   */
  static async open(folder: string, modelId: string, mostBytes = MOST_BYTES): Promise<VectorCache> {
    const path = join(folder, `${digestOf(modelId)}.vectors`);
    try {
      await mkdir(folder, { recursive: true });
      await makeRoom(folder, path, mostBytes);
      const vectors = await open(path, 'a+');
      const index = await open(indexOf(path), 'a+').catch(async (error: unknown) => {
        await vectors.close();
        throw error;
      });
      const cache = new VectorCache(path, vectors, index, mostBytes);
      await cache.#load().catch(async (error: unknown) => {
        await cache.close();
        throw error;
      });
      return cache;
    } catch (error) {
      throw fileError('open', path, error);
    }
  }

  /** The embedding of a text, or undefined where it is not there or damaged. */
  async get(text: string): Promise<CachedVector | undefined> {
    const found = this.#places.get(keyOf(text).toString('hex'));
    if (!found) return undefined;
    const bytes = Buffer.alloc(this.#dimensions * 4);
    const { bytesRead } = await this.#vectors.read(
      bytes,
      0,
      bytes.length,
      found.place * bytes.length,
    );
    if (bytesRead < bytes.length || crc32(bytes) !== found.entry.readUInt32LE(24)) return undefined;
    const tokens = found.entry.readUInt32LE(16);
    const truncated = found.entry.readUInt32LE(20);
    return {
      vector: Float32Array.from({ length: this.#dimensions }, (_, d) => bytes.readFloatLE(d * 4)),
      tokens: tokens === UNKNOWN ? null : tokens,
      truncated: truncated === UNKNOWN ? null : truncated === 1,
    };
  }

  /**
   * Keeps an embedding, unless the cache is full or the vector is none that can be used.
   *
   * @throws SealongError `disk_full`.
   */
  async add(text: string, { vector, tokens, truncated }: CachedVector): Promise<void> {
    if (!vector.every(Number.isFinite)) return;
    if (this.#dimensions !== vector.length) await this.#restart(vector.length);
    if ((this.#count + 1) * vector.length * 4 > this.#mostBytes) return;
    const bytes = Buffer.alloc(vector.length * 4);
    vector.forEach((value, d) => bytes.writeFloatLE(value, d * 4));
    const entry = Buffer.alloc(ENTRY_BYTES);
    keyOf(text).copy(entry);
    entry.writeUInt32LE(tokens ?? UNKNOWN, 16);
    entry.writeUInt32LE(truncated === null ? UNKNOWN : Number(truncated), 20);
    entry.writeUInt32LE(crc32(bytes), 24);
    entry.writeUInt32LE(crc32(entry.subarray(0, 28)), 28);
    try {
      // The entry comes second: vectors without one are cut off at the next opening.
      await this.#vectors.appendFile(bytes);
      await this.#index.appendFile(entry);
    } catch (error) {
      await this.#cut(this.#count).catch(() => undefined);
      throw fileError('append to', this.#path, error);
    }
    this.#take(entry);
  }

  async close(): Promise<void> {
    await this.#vectors.close();
    await this.#index.close();
  }

  async #load(): Promise<void> {
    const bytes = await this.#index.readFile();
    const header = bytes.subarray(0, HEADER_BYTES);
    if (header.length < HEADER_BYTES || header.toString('latin1', 0, 8) !== MAGIC) {
      await this.#restart(0);
      return;
    }
    this.#dimensions = header.readUInt32LE(8);
    const { size } = await this.#vectors.stat();
    const stored = this.#dimensions > 0 ? Math.floor(size / (this.#dimensions * 4)) : 0;
    const entries = Math.floor((bytes.length - HEADER_BYTES) / ENTRY_BYTES);
    const whole = Math.min(stored, entries);
    for (let place = 0; place < whole; place++) {
      const start = HEADER_BYTES + place * ENTRY_BYTES;
      this.#take(bytes.subarray(start, start + ENTRY_BYTES));
    }
    await this.#cut(whole);
  }

  /** A damaged entry keeps its place, so that those after it keep theirs. */
  #take(entry: Buffer): void {
    const place = this.#count++;
    if (crc32(entry.subarray(0, 28)) === entry.readUInt32LE(28))
      this.#places.set(entry.toString('hex', 0, 16), { place, entry });
  }

  async #restart(dimensions: number): Promise<void> {
    this.#places.clear();
    this.#count = 0;
    this.#dimensions = dimensions;
    await this.#vectors.truncate(0);
    await this.#index.truncate(0);
    const header = Buffer.alloc(HEADER_BYTES);
    header.write(MAGIC, 'latin1');
    header.writeUInt32LE(dimensions, 8);
    await this.#index.appendFile(header);
  }

  async #cut(count: number): Promise<void> {
    await this.#vectors.truncate(count * this.#dimensions * 4);
    await this.#index.truncate(HEADER_BYTES + count * ENTRY_BYTES);
  }
}

function keyOf(text: string): Buffer {
  return createHash('sha256').update(text).digest().subarray(0, 16);
}

function indexOf(path: string): string {
  return path.replace(/\.vectors$/, '.index');
}

async function makeRoom(folder: string, own: string, mostBytes: number): Promise<void> {
  const others = [];
  let total = 0;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { size, mtimeMs } = await stat(path);
    total += size;
    if (name.endsWith('.vectors') && path !== own) others.push({ path, size, mtimeMs });
  }
  for (const { path, size } of others.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (total <= mostBytes) return;
    await rm(path, { force: true });
    await rm(indexOf(path), { force: true });
    total -= size;
  }
}
