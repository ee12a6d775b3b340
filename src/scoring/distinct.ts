/**
 * Utilities between all texts from those between the distinct ones, so that equal texts are compared once.
 *
 * @param utilities M x M, in the order of `distinct`.
 * @returns N x N, in the order of `texts`.
 */
export function spread(
  utilities: Float64Array,
  distinct: readonly string[],
  texts: readonly string[],
): Float64Array {
  if (distinct.length === texts.length) return utilities;
  const places = new Map(distinct.map((text, place) => [text, place]));
  const at = texts.map((text) => places.get(text) ?? 0);
  const n = texts.length;
  const all = new Float64Array(n * n);
  for (const [i, row] of at.entries())
    for (const [j, column] of at.entries())
      all[i * n + j] = utilities[row * distinct.length + column] ?? NaN;
  return all;
}
