import type { TrajectoryEntry } from './entries.ts';

/** Bytes of a text's digest: half of its 16 hex digits. */
export const DIGEST_BYTES = 8;
export const REFUSED = 1;
export const WEAK_ANSWER = 2;

/** What few trajectories have. */
export type Rare = Pick<TrajectoryEntry, 'attempts' | 'error' | 'imported'>;

/**
 * Trajectories of one part of a file in columns. They go through the editor's host by hundreds of thousands, and objects in
 * which they were handed over would be what its space for new objects grows by.
 */
export interface PackedTrajectories {
  /** Ids, hashes, reasons and answers, each once. */
  texts: string[];
  /** Places in `texts`. */
  questionId: Uint32Array;
  sampling: Uint32Array;
  finishReason: Uint32Array;
  /** Likewise, plus one; 0 is none. */
  answer: Uint32Array;
  index: Uint32Array;
  offset: Float64Array;
  length: Uint32Array;
  characters: Uint32Array;
  /** NaN where the server counted none. */
  tokens: Float64Array;
  flags: Uint8Array;
  /** Of the texts, one after another. */
  digest: Uint8Array;
  /** By position. */
  rare: Map<number, Rare>;
}

export function packTrajectories(entries: readonly TrajectoryEntry[]): PackedTrajectories {
  const count = entries.length;
  const texts: string[] = [];
  const places = new Map<string, number>();
  const placeOf = (text: string): number => {
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, texts.length);
    return texts.push(text) - 1;
  };
  const digest = Buffer.alloc(count * DIGEST_BYTES);
  const packed: PackedTrajectories = {
    texts,
    questionId: new Uint32Array(count),
    sampling: new Uint32Array(count),
    finishReason: new Uint32Array(count),
    answer: new Uint32Array(count),
    index: new Uint32Array(count),
    offset: new Float64Array(count),
    length: new Uint32Array(count),
    characters: new Uint32Array(count),
    tokens: new Float64Array(count),
    flags: new Uint8Array(count),
    digest,
    rare: new Map(),
  };
  for (const [at, entry] of entries.entries()) {
    packed.questionId[at] = placeOf(entry.questionId);
    packed.sampling[at] = placeOf(entry.sampling);
    packed.finishReason[at] = placeOf(entry.finishReason);
    packed.answer[at] = entry.answer === undefined ? 0 : placeOf(entry.answer) + 1;
    packed.index[at] = entry.index;
    packed.offset[at] = entry.offset;
    packed.length[at] = entry.length;
    packed.characters[at] = entry.characters;
    packed.tokens[at] = entry.completionTokens ?? NaN;
    packed.flags[at] =
      (entry.refused === true ? REFUSED : 0) + (entry.weakAnswer === true ? WEAK_ANSWER : 0);
    digest.write(entry.text, at * DIGEST_BYTES, 'hex');
    const rare = rareOf(entry);
    if (rare) packed.rare.set(at, rare);
  }
  return packed;
}

/** The questions that the trajectories are of. */
export function packedQuestions({ texts, questionId }: PackedTrajectories): Set<string> {
  return new Set([...new Set(questionId)].map((place) => texts[place] ?? ''));
}

function rareOf({ attempts, error, imported }: TrajectoryEntry): Rare | undefined {
  if (attempts === undefined && error === undefined && imported === undefined) return undefined;
  return {
    ...(attempts === undefined ? {} : { attempts }),
    ...(error === undefined ? {} : { error }),
    ...(imported === undefined ? {} : { imported }),
  };
}
