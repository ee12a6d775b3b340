import type { Embedder } from './embedding/embedder.ts';
import { innerProducts, rowMeans } from './mbr.ts';
import type { Scorer } from './scorer.ts';

/** MBR by sentence embeddings, the paper's default. Equal texts are embedded once. */
export function mbrEmbeddingScorer(embedder: Embedder): Scorer {
  return {
    async score({ texts }, signal) {
      const distinct = [...new Set(texts)];
      const vectors = new Map<string, Float32Array>();
      const cut = new Set<string>();
      for await (const { position, vector, truncated } of embedder.embed(distinct, signal)) {
        const text = distinct[position];
        if (text === undefined) continue;
        vectors.set(text, vector);
        if (truncated) cut.add(text);
      }
      const embeddings = texts.map((text) => {
        const vector = vectors.get(text);
        if (!vector) throw new Error('The embedder left a text out.');
        return vector;
      });
      const matrix = innerProducts(embeddings);
      return {
        scores: rowMeans(matrix, texts.length),
        matrix,
        truncated: texts.flatMap((text, position) => (cut.has(text) ? [position] : [])),
      };
    },
    close: () => embedder.close(),
  };
}
