import { SealongError } from '../errors.ts';
import type { TokenVectors } from '../protocol/embedding.ts';
import { spread } from './distinct.ts';
import type { Embedder } from './embedding/embedder.ts';
import type { TokenMatcher } from './embedding/tokenMatcher.ts';
import { rowMeans } from './mbr.ts';
import type { Scorer } from './scorer.ts';

/**
 * MBR by BERTScore F1 (paper, Table 7) with the token vectors of the embedding model's last layer, without idf weights.
 *
 * @param configPath for the message.
 * @throws SealongError `no_token_vectors` for a model behind a server, which gives vectors of whole texts only.
 */
export function mbrBertScoreScorer(embedder: Embedder, configPath: string): Scorer {
  const { matcher } = embedder;
  if (!matcher) {
    void embedder.close();
    throw new SealongError(
      'no_token_vectors',
      `${configPath}: BERTScore needs the vectors of single tokens, which servers of embeddings do not give. Set scoring.embedding.backend to "local".`,
    );
  }
  return {
    async score({ texts }, signal) {
      const distinct = [...new Set(texts)];
      const tokens: TokenVectors[] = [];
      const cut = new Set<string | undefined>();
      for await (const embedding of matcher.tokenVectors(distinct, signal)) {
        tokens[embedding.position] = embedding.tokens;
        if (embedding.truncated) cut.add(distinct[embedding.position]);
      }
      const utilities = spread(await pairwise(matcher, tokens, signal), distinct, texts);
      return {
        scores: rowMeans(utilities, texts.length),
        matrix: Float32Array.from(utilities),
        truncated: texts.flatMap((text, position) => (cut.has(text) ? [position] : [])),
      };
    },
    close: () => embedder.close(),
  };
}

/** @returns M x M, row by row; symmetric, as F1 is: each pair is compared once. */
async function pairwise(
  matcher: TokenMatcher,
  tokens: readonly TokenVectors[],
  signal: AbortSignal,
): Promise<Float64Array> {
  const m = tokens.length;
  const utilities = new Float64Array(m * m);
  const rows = tokens.map((candidate, i) => ({ candidate, references: tokens.slice(i) }));
  for await (const { position: i, f1 } of matcher.match(rows, signal))
    for (const [offset, value] of f1.entries()) {
      utilities[i * m + i + offset] = value;
      utilities[(i + offset) * m + i] = value;
    }
  return utilities;
}
