import { breathing } from '../breath.ts';
import { CandidateLcs } from './lcs.ts';
import { CandidateNgrams, Ngrams, type NgramCounts } from './ngrams.ts';
import { RougeTokens } from './tokens.ts';

export interface RougeOptions {
  rouge: 'rouge1' | 'rouge2' | 'rougeL';
  rouge_stemming: boolean;
}

/**
 * ROUGE F1 of all pairs of texts, as PyPI rouge_score gives it. A text without tokens (or, for ROUGE-2, without two of
 * them) has 0 with every text, also with itself.
 *
 * @returns N x N float64, row by row; symmetric.
 * @throws the signal's reason when it is aborted.
 */
export async function rougeUtilities(
  texts: readonly string[],
  { rouge, rouge_stemming }: RougeOptions,
  signal: AbortSignal,
): Promise<Float64Array> {
  const breathe = breathing(signal);
  const vocabulary = new RougeTokens(rouge_stemming);
  const tokens: Uint32Array[] = [];
  for (const text of texts) {
    tokens.push(vocabulary.tokenize(text));
    await breathe();
  }
  const rows =
    rouge === 'rougeL'
      ? lcsRows(tokens, vocabulary.size)
      : await ngramRows(tokens, new Ngrams(rouge === 'rouge1' ? 1 : 2), breathe);
  const n = texts.length;
  const utilities = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = rows(i);
    for (let j = i; j < n; j++) {
      const value = row(j);
      utilities[i * n + j] = value;
      utilities[j * n + i] = value;
    }
    await breathe();
  }
  return utilities;
}

/** Prepares a candidate, and then gives its F1 with each reference. */
type Rows = (i: number) => (j: number) => number;

function lcsRows(tokens: readonly Uint32Array[], vocabulary: number): Rows {
  const none = new Uint32Array();
  return (i) => {
    const candidate = tokens[i] ?? none;
    const lcs = new CandidateLcs(candidate, vocabulary);
    return (j) => {
      const reference = tokens[j] ?? none;
      return f1(lcs.lengthWith(reference), candidate.length, reference.length);
    };
  };
}

async function ngramRows(
  tokens: readonly Uint32Array[],
  ngrams: Ngrams,
  breathe: () => Promise<void>,
): Promise<Rows> {
  const counts: NgramCounts[] = [];
  for (const text of tokens) {
    counts.push(ngrams.count(text));
    await breathe();
  }
  const none: NgramCounts = { ids: new Uint32Array(), counts: new Uint32Array(), total: 0 };
  return (i) => {
    const candidate = counts[i] ?? none;
    const shared = new CandidateNgrams(candidate, ngrams.size);
    return (j) => {
      const reference = counts[j] ?? none;
      return f1(shared.sharedWith(reference), candidate.total, reference.total);
    };
  };
}

function f1(hits: number, candidateLength: number, referenceLength: number): number {
  if (hits === 0) return 0;
  const precision = hits / candidateLength;
  const recall = hits / referenceLength;
  return (2 * precision * recall) / (precision + recall);
}
