import { createHash } from 'node:crypto';

/** Name of the generator, written to manifests: xoshiro128** (Blackman and Vigna), seeded with SHA-256. */
export const RANDOM_ALGORITHM = 'xoshiro128**/sha256';

/** A reproducible source of randomness: the same parts give the same sequence on every machine. */
export interface Random {
  /** A whole number, uniform in [0, 2^32). */
  uint32: () => number;
  /** A whole number, uniform in [0, below); `below` is 1..2^32. */
  below: (below: number) => number;
}

/**
 * A generator seeded by what it is for, for example `seededRandom(seed, 'rejected', questionId)`: each question has a
 * stream of its own, so neither the order of work nor the number of questions changes what is drawn for one.
 */
export function seededRandom(...parts: readonly (string | number)[]): Random {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
  const s = new Uint32Array([0, 4, 8, 12].map((offset) => digest.readUInt32LE(offset)));

  const rotl = (x: number, k: number) => (x << k) | (x >>> (32 - k));
  const uint32 = (): number => {
    let [a = 0, b = 0, c = 0, d = 0] = s;
    const result = Math.imul(rotl(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotl(d, 11);
    s.set([a, b, c, d]);
    return result;
  };

  const below = (limit: number): number => {
    // Rejection keeps the draw uniform where 2^32 is no multiple of the limit.
    const ceiling = 2 ** 32 - (2 ** 32 % limit);
    for (;;) {
      const drawn = uint32();
      if (drawn < ceiling) return drawn % limit;
    }
  };

  return { uint32, below };
}

/**
 * A number in [0, 2^32) for each text, as if drawn at random, by seed and text alone. Cheaper than a generator for each,
 * where thousands are ranked at once (FNV-1a, finished as MurmurHash3).
 */
export function seededRank(...parts: readonly (string | number)[]): (text: string) => number {
  const start = seededRandom(...parts).uint32();
  return (text) => {
    let hash = start;
    for (let place = 0; place < text.length; place++)
      hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  };
}

/** A shuffled copy (Fisher-Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const moved = result[other] as T;
    result[other] = result[last] as T;
    result[last] = moved;
  }
  return result;
}
