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
      const matrix = Float32Array.from(utilities);
      return {
        scores: rowMeans(matrix, texts.length),
        matrix,
        truncated: texts.flatMap((text, position) => (cut.has(text) ? [position] : [])),
      };
    },
    close: () => embedder.close(),
  };
}

/**
 * @returns M x M, row by row; symmetric, as F1 is: each pair is compared once. A text has just 1 with itself: that it is so
 *   only up to rounding would decide between candidates that are equally good.
 */
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
      const utility = offset === 0 && value > 0 ? 1 : value;
      utilities[i * m + i + offset] = utility;
      utilities[(i + offset) * m + i] = utility;
    }
  return utilities;
}
