import type { TokenVectors } from '../../protocol/embedding.ts';
import type { RowProducts } from './rowProducts.ts';

/** Most tokens of references compared in one product, so that it stays within the caches and some megabytes. */
const MOST_TOKENS = 2048;
/** Most tokens of the candidate in one product. */
const MOST_ROWS = 512;

/**
 * BERTScore F1 of a candidate with each reference, without idf weights and without rescaling (Zhang et al. 2020), as PyPI
 * bert_score: each token is matched with the most similar one of the other text; special tokens can be matched, but
 * their own matches do not count. 0 where a text has no other tokens.
 */
export async function matchTokens(
  products: RowProducts,
  candidate: TokenVectors,
  references: readonly TokenVectors[],
): Promise<Float64Array<ArrayBuffer>> {
  const f1 = new Float64Array(references.length);
  for (let start = 0; start < references.length;) {
    let end = start + 1;
    let tokens = tokensOf(references[start]);
    for (; end < references.length; end++) {
      tokens += tokensOf(references[end]);
      if (tokens > MOST_TOKENS) break;
    }
    f1.set(await matchSome(products, candidate, references.slice(start, end)), start);
    start = end;
  }
  return f1;
}

function tokensOf(text: TokenVectors | undefined): number {
  return text?.weights.length ?? 0;
}

async function matchSome(
  products: RowProducts,
  candidate: TokenVectors,
  references: readonly TokenVectors[],
): Promise<number[]> {
  const { dimensions } = candidate;
  const columns = references.reduce((sum, reference) => sum + tokensOf(reference), 0);
  const b = references.map(({ vectors }) => vectors);
  const columnBest = new Float32Array(columns).fill(-Infinity);
  const precision = new Float64Array(references.length);
  const rows = tokensOf(candidate);
  for (let row = 0; row < rows; row += MOST_ROWS) {
    const last = Math.min(rows, row + MOST_ROWS);
    const a = candidate.vectors.subarray(row * dimensions, last * dimensions);
    const similarity = await products.of(a, b, dimensions);
    for (let i = row; i < last; i++) {
      const weight = candidate.weights[i] ?? 0;
      let at = (i - row) * columns;
      let column = 0;
      for (const [place, reference] of references.entries()) {
        let best = -Infinity;
        for (let left = tokensOf(reference); left > 0; left--) {
          const value = similarity[at++] ?? 0;
          if (value > best) best = value;
          if (value > (columnBest[column] ?? 0)) columnBest[column] = value;
          column++;
        }
        if (weight > 0) precision[place] = (precision[place] ?? 0) + best;
      }
    }
  }
  const counted = sum(candidate.weights);
  let column = 0;
  return references.map(({ weights }, place) => {
    let recall = 0;
    for (const weight of weights) recall += weight * (columnBest[column++] ?? 0);
    const p = (precision[place] ?? 0) / counted;
    const f1 = harmonicMean(p, recall / sum(weights));
    return counted === 0 || sum(weights) === 0 ? 0 : f1;
  });
}

function harmonicMean(p: number, r: number): number {
  return p + r === 0 ? 0 : (2 * p * r) / (p + r);
}

function sum(values: Uint8Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
