/**
 * Utilities of unit vectors: u(i, j) is their inner product (paper, section 3.1: sentence embedding), and of a vector with
 * itself just 1: that it is so only up to rounding would decide between candidates that are equally good.
 *
 * @param embeddings N vectors of one length.
 * @returns N x N float32, row by row; symmetric.
 */
export function innerProducts(embeddings: readonly Float32Array[]): Float32Array {
  const n = embeddings.length;
  const matrix = new Float32Array(n * n);
  embeddings.forEach((a, i) => {
    for (let j = i; j < n; j++) {
      const product = dot(a, embeddings[j] ?? a);
      const value = i === j && product > 0 ? 1 : product;
      matrix[i * n + j] = value;
      matrix[j * n + i] = value;
    }
  });
  return matrix;
}

/**
 * MBR scores from a matrix: the mean utility of each candidate over all N references, itself included (paper, equation 2).
 * Sums of float32 values are exact here: rows of the same values in another order have the same mean.
 *
 * @param utilities N x N, row by row.
 */
export function rowMeans(utilities: Float32Array | Float64Array, n: number): number[] {
  return Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += utilities[i * n + j] ?? NaN;
    return sum / n;
  });
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] ?? 0) * (b[k] ?? 0);
  return sum;
}
