import { SealongError } from '../../errors.ts';
import type { Pooling } from './models.ts';

/**
 * One unit vector for a text from the vectors of its tokens (no padding among them).
 *
 * @param tokens row-major [tokenCount, dimensions].
 * @returns [dimensions], of length 1.
 * @throws SealongError `bad_embedding` where the result has no direction: NaN, infinite or all zero.
 */
export function pool(
  tokens: Float32Array,
  dimensions: number,
  pooling: Pooling,
): Float32Array<ArrayBuffer> {
  const vector = new Float32Array(dimensions);
  if (pooling === 'cls') vector.set(tokens.subarray(0, dimensions));
  else {
    const count = tokens.length / dimensions;
    const sums = new Float64Array(dimensions);
    for (let start = 0; start < tokens.length; start += dimensions)
      for (let d = 0; d < dimensions; d++) sums[d] = (sums[d] ?? 0) + (tokens[start + d] ?? 0);
    for (let d = 0; d < dimensions; d++) vector[d] = (sums[d] ?? 0) / count;
  }
  return normalise(vector);
}

/**
 * Scales a vector to length 1, in place.
 *
 * @throws SealongError `bad_embedding` where it has no direction: NaN, infinite, all zero or empty.
 */
export function normalise<T extends Float32Array>(vector: T): T {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares);
  if (!Number.isFinite(length) || length === 0)
    throw new SealongError(
      'bad_embedding',
      length === 0 ? 'The embedding is all zeros.' : 'The embedding holds NaN or infinite numbers.',
    );
  for (let d = 0; d < vector.length; d++) vector[d] = (vector[d] ?? 0) / length;
  return vector;
}
