import type { Embedder, Embedding } from './embedder.ts';
import type { VectorCache } from './vectorCache.ts';

/** An embedder that embeds only texts that are not in the cache; it closes both. */
export function cachedEmbedder(embedder: Embedder, cache: VectorCache): Embedder {
  async function* embed(
    texts: readonly string[],
    signal?: AbortSignal,
  ): AsyncGenerator<Embedding, void, undefined> {
    const missing: { position: number; text: string }[] = [];
    for (const [position, text] of texts.entries()) {
      signal?.throwIfAborted();
      const known = await cache.get(text);
      if (known) yield { position, ...known };
      else missing.push({ position, text });
    }
    if (missing.length === 0) return;
    const added = embedder.embed(
      missing.map(({ text }) => text),
      signal,
    );
    for await (const embedding of added) {
      const asked = missing[embedding.position];
      if (!asked) continue;
      await cache.add(asked.text, embedding);
      yield { ...embedding, position: asked.position };
    }
  }
  return {
    ...embedder,
    embed,
    close: async () => {
      await embedder.close();
      await cache.close();
    },
  };
}
