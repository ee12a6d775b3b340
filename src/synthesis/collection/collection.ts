import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { SealongError, fileError } from '../../errors.ts';
import { poolDocument, type PoolDocument } from '../poolDocument.ts';
import { parsed } from '../sourceFile.ts';
import { normalizeTitle } from '../titles.ts';
import { documentOf } from './collectionRows.ts';
import { IndexReader, titleHash } from './indexFile.ts';

/**
 * A collection up to this size is kept in memory as it is read. Of a larger one nothing is: a document is hardly drawn
 * twice before it would be dropped again.
 */
const KEPT_BYTES = 32 * 1024 * 1024;

/** Documents on disk, read by their number. Memory does not grow with how many there are. */
export class Collection {
  readonly path: string;
  /** Identifies its documents in their order, whatever file they are in. */
  readonly digest: string;
  readonly leftOut: number;
  readonly #data: string;
  readonly #areArticles: boolean;
  readonly #file: number;
  readonly #index: IndexReader;
  readonly #kept: Map<number, PoolDocument> | undefined;
  /** Bytes of one document after the other are read into this. */
  #buffer = Buffer.alloc(64 * 1024);
  #isClosed = false;
  #byTitle: Uint32Array | undefined;

  /** @param of.areArticles whether its documents are whole articles, which stand in a context without a title line. */
  constructor(of: {
    path: string;
    data: string;
    index: string;
    digest: string;
    leftOut: number;
    areArticles: boolean;
  }) {
    this.path = of.path;
    this.digest = of.digest;
    this.leftOut = of.leftOut;
    this.#data = of.data;
    this.#areArticles = of.areArticles;
    this.#index = new IndexReader(of.index);
    try {
      this.#file = openSync(of.data, 'r');
      this.#kept = fstatSync(this.#file).size <= KEPT_BYTES ? new Map() : undefined;
    } catch (error) {
      this.#index.close();
      throw fileError('read', of.data, error);
    }
  }

  get size(): number {
    return this.#index.size;
  }

  /** @throws SealongError `file_changed`. */
  read(index: number): PoolDocument {
    const kept = this.#kept?.get(index);
    if (kept) return kept;
    if (this.#isClosed) throw new SealongError('cancelled', 'The collection was closed.');
    const { offset, length } = this.#index.at(index);
    if (this.#buffer.length < length) this.#buffer = Buffer.alloc(2 * length);
    readSync(this.#file, this.#buffer, 0, length, offset);
    const row = parsed(this.#buffer.subarray(0, length));
    const document = row.ok ? documentOf(row.value) : row;
    if (!document.ok || !('title' in document))
      throw new SealongError(
        'file_changed',
        `${this.#data} changed while it was read (at byte ${offset}). Run this again.`,
      );
    const { title, text } = document;
    const pooled = poolDocument({ title, text, related: false, isArticle: this.#areArticles });
    this.#kept?.set(index, pooled);
    return pooled;
  }

  /** The first document of that title, or undefined. Titles are compared as {@link normalizeTitle} makes them. */
  find(title: string): PoolDocument | undefined {
    const wanted = normalizeTitle(title);
    if (wanted === '') return undefined;
    this.#byTitle ??= this.#indexTitles();
    const hash = titleHash(wanted);
    const mask = this.#byTitle.length - 1;
    for (let slot = slotOf(hash, mask); ; slot = (slot + 1) & mask) {
      const stored = this.#byTitle[slot] ?? 0;
      if (stored === 0) return undefined;
      if (this.#index.at(stored - 1).title !== hash) continue;
      const found = this.read(stored - 1);
      if (found.normalizedTitle === wanted) return found;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#index.close();
    closeSync(this.#file);
  }

  /** An open-addressing table of numbers + 1: 8 to 16 bytes a document. */
  #indexTitles(): Uint32Array {
    const table = new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(2, this.size * 2))));
    const mask = table.length - 1;
    let index = 0;
    for (const hash of this.#index.titles()) {
      index += 1;
      if (hash === 0n) continue;
      let slot = slotOf(hash, mask);
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = index;
    }
    return table;
  }
}

function slotOf(hash: bigint, mask: number): number {
  return Number(hash & 0xffff_ffffn) & mask;
}
