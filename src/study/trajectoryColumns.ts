import type { AnsweredEntry, TrajectoryEntry } from './entries.ts';
import {
  DIGEST_BYTES,
  REFUSED,
  WEAK_ANSWER,
  type PackedTrajectories,
  type Rare,
} from './packedTrajectories.ts';

/** Rows that are allotted together: long enough for few pieces, short enough to be allotted without a pause. */
const CHUNK = 4096;

/** Where a trajectory belongs; it is known by whoever asks for its row. */
type Place = Pick<TrajectoryEntry, 'questionId' | 'sampling' | 'index'>;

/** Trajectories as they came, with the numbers that their texts have here. */
export interface NumberedTrajectories {
  packed: PackedTrajectories;
  numbers: readonly number[];
}

/**
 * Trajectories in columns: 45 bytes each, where an object takes five times as much. A study of 2,048 questions x 128 has
 * 262,144, and the memory is that of the editor's host.
 */
export class TrajectoryColumns {
  readonly #chunks: Chunk[] = [];
  readonly #strings: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #rare = new Map<number, Rare>();
  #rows = 0;

  /** Before rows of theirs are added. */
  numbered(packed: PackedTrajectories): NumberedTrajectories {
    return { packed, numbers: packed.texts.map((text) => this.#numberOf(text)) };
  }

  /** @returns the row. */
  add(from: NumberedTrajectories, position: number): number {
    const row = this.#rows;
    this.#rows += 1;
    if (row % CHUNK === 0) this.#chunks.push(newChunk());
    this.replace(row, from, position);
    return row;
  }

  replace(row: number, { packed, numbers }: NumberedTrajectories, position: number): void {
    const [chunk, at] = this.#at(row);
    chunk.offset[at] = packed.offset[position] ?? 0;
    chunk.length[at] = packed.length[position] ?? 0;
    chunk.characters[at] = packed.characters[position] ?? 0;
    chunk.tokens[at] = packed.tokens[position] ?? NaN;
    chunk.finish[at] = numbers[packed.finishReason[position] ?? 0] ?? 0;
    const answer = packed.answer[position] ?? 0;
    chunk.answer[at] = answer === 0 ? 0 : (numbers[answer - 1] ?? 0) + 1;
    chunk.flags[at] = packed.flags[position] ?? 0;
    const digest = position * DIGEST_BYTES;
    for (let byte = 0; byte < DIGEST_BYTES; byte++)
      chunk.digest[at * DIGEST_BYTES + byte] = packed.digest[digest + byte] ?? 0;
    const rare = packed.rare.get(position);
    if (rare) this.#rare.set(row, rare);
    else this.#rare.delete(row);
  }

  entry(row: number, { questionId, sampling, index }: Place): TrajectoryEntry {
    const [chunk, at] = this.#at(row);
    const tokens = chunk.tokens[at] ?? NaN;
    const answer = this.#strings[(chunk.answer[at] ?? 0) - 1];
    const flags = chunk.flags[at] ?? 0;
    // Set one by one: a literal with spreads takes three times as long, and there are thousands.
    const entry: TrajectoryEntry = {
      questionId,
      index,
      sampling,
      finishReason: this.finishReason(row),
      completionTokens: Number.isNaN(tokens) ? null : tokens,
      text: this.text(row),
      characters: chunk.characters[at] ?? 0,
      offset: chunk.offset[at] ?? 0,
      length: chunk.length[at] ?? 0,
    };
    if (answer !== undefined) entry.answer = answer;
    if (flags & REFUSED) entry.refused = true;
    if (flags & WEAK_ANSWER) entry.weakAnswer = true;
    const rare = this.#rare.get(row);
    return rare ? Object.assign(entry, rare) : entry;
  }

  /** What clusters of answers are made of. */
  answer(row: number, index: number): AnsweredEntry {
    const [chunk, at] = this.#at(row);
    const answer = this.#strings[(chunk.answer[at] ?? 0) - 1];
    const entry: AnsweredEntry = { index, finishReason: this.finishReason(row) };
    if (answer !== undefined) entry.answer = answer;
    if ((chunk.flags[at] ?? 0) & WEAK_ANSWER) entry.weakAnswer = true;
    return entry;
  }

  finishReason(row: number): string {
    const [chunk, at] = this.#at(row);
    return this.#strings[chunk.finish[at] ?? 0] ?? '';
  }

  /** Digest of the text. */
  text(row: number): string {
    const [chunk, at] = this.#at(row);
    return chunk.digest.toString('hex', at * DIGEST_BYTES, (at + 1) * DIGEST_BYTES);
  }

  /** The text as it is kept: answers, ids and hashes repeat, and each is kept once. */
  once(text: string): string {
    return this.#strings[this.#numberOf(text)] ?? text;
  }

  #numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#strings.push(text) - 1;
    this.#numbers.set(text, number);
    return number;
  }

  #at(row: number): [Chunk, number] {
    const chunk = this.#chunks[Math.floor(row / CHUNK)];
    if (!chunk) throw new RangeError(`There is no row ${row} of ${this.#rows}.`);
    return [chunk, row % CHUNK];
  }
}

type Chunk = ReturnType<typeof newChunk>;

function newChunk() {
  return {
    offset: new Float64Array(CHUNK),
    length: new Uint32Array(CHUNK),
    characters: new Uint32Array(CHUNK),
    /** NaN where the server counted none. */
    tokens: new Float64Array(CHUNK),
    /** Number of a string. */
    finish: new Uint32Array(CHUNK),
    /** Number of a string, plus one; 0 is none. */
    answer: new Uint32Array(CHUNK),
    flags: new Uint8Array(CHUNK),
    digest: Buffer.alloc(CHUNK * DIGEST_BYTES),
  };
}
