/**
 * Utilities of unit vectors: u(i, j) is their inner product (paper, section 3.1: sentence embedding).
 *
 * @param embeddings N vectors of one length.
 * @returns N x N float32, row by row; symmetric.
 */
export function innerProducts(embeddings: readonly Float32Array[]): Float32Array {
  const n = embeddings.length;
  const matrix = new Float32Array(n * n);
  embeddings.forEach((a, i) => {
    for (let j = i; j < n; j++) {
      const value = dot(a, embeddings[j] ?? a);
      matrix[i * n + j] = value;
      matrix[j * n + i] = value;
    }
  });
  return matrix;
}

/**
 * MBR scores: the mean utility of each candidate over all N references, itself included (paper, equation 2). By the mean
 * embedding, which is exact for inner products and keeps equal texts equal to the last bit.
 */
export function meanInnerProducts(embeddings: readonly Float32Array[]): number[] {
  const dimensions = embeddings[0]?.length ?? 0;
  const mean = new Float64Array(dimensions);
  for (const vector of embeddings)
    for (let k = 0; k < dimensions; k++)
      mean[k] = (mean[k] ?? 0) + (vector[k] ?? 0) / embeddings.length;
  return embeddings.map((vector) => dot(vector, mean));
}

/**
 * MBR scores from a matrix: the mean of each row (paper, equation 2).
 *
 * @param utilities N x N, row by row.
 */
export function rowMeans(utilities: Float64Array, n: number): number[] {
  return Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += utilities[i * n + j] ?? NaN;
    return sum / n;
  });
}

function dot(a: Float32Array, b: Float32Array | Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] ?? 0) * (b[k] ?? 0);
  return sum;
}
