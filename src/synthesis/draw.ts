import { seededRandom, type Random } from '../random.ts';

/**
 * The numbers 0 to `size` - 1 in random order, each once, as far as they are asked for: Fisher-Yates, of which only the
 * moved places are kept.
 */
export function* drawWithoutReplacement(
  size: number,
  random: Random,
): Generator<number, void, undefined> {
  const moved = new Map<number, number>();
  for (let place = 0; place < size; place++) {
    const other = place + random.below(size - place);
    const drawn = moved.get(other) ?? other;
    if (other !== place) moved.set(other, moved.get(place) ?? place);
    moved.delete(place);
    yield drawn;
  }
}

const K = 1024;

/** The length that a question's context is grown to, in tokens: drawn for each question anew. */
export function targetOf(
  questionId: string,
  { seed, min, max }: { seed: number; min: number; max: number },
): number {
  return drawTarget(min, max, seededRandom(seed, 'target', questionId));
}

/**
 * The length that a question's context is grown to, in tokens: a whole number of K, uniform over those in the range
 * (paper, section 4.1), or any whole number where the range holds no whole K.
 */
export function drawTarget(min: number, max: number, random: Random): number {
  const first = Math.ceil(min / K);
  const last = Math.floor(max / K);
  return last < first
    ? min + random.below(max - min + 1)
    : K * (first + random.below(last - first + 1));
}
