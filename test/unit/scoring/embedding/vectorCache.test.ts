import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { cachedEmbedder } from '../../../../src/scoring/embedding/cachedEmbedder.ts';
import type { Embedder } from '../../../../src/scoring/embedding/embedder.ts';
import { VectorCache } from '../../../../src/scoring/embedding/vectorCache.ts';
import { withFolder } from '../../../support/temporary.ts';

const entryOf = (value: number) => ({
  vector: Float32Array.of(value, Math.sqrt(1 - value * value)),
  tokens: 7,
  truncated: value > 0.5,
});

async function withCache<T>(
  folder: string,
  use: (cache: VectorCache) => Promise<T>,
  most?: number,
) {
  const cache = await VectorCache.open(folder, 'model', most);
  try {
    return await use(cache);
  } finally {
    await cache.close();
  }
}

/** A cache that holds a, b and c. */
async function filled(folder: string): Promise<{ vectors: string; index: string }> {
  await withCache(folder, async (cache) => {
    for (const [at, text] of ['a', 'b', 'c'].entries())
      await cache.add(text, entryOf(at / 4 + 0.1));
  });
  const file = async (end: string) =>
    join(folder, (await readdir(folder)).find((name) => name.endsWith(end)) ?? '');
  return { vectors: await file('.vectors'), index: await file('.index') };
}

const known = (folder: string) =>
  withCache(folder, async (cache) => {
    const texts = [];
    for (const text of ['a', 'b', 'c', 'd']) if (await cache.get(text)) texts.push(text);
    return texts.join('');
  });

test('gives back what was added, also after it was opened again', async () => {
  await withFolder(async (folder) => {
    await filled(folder);
    await withCache(folder, async (cache) => {
      assert.deepEqual(await cache.get('a'), entryOf(0.1));
      assert.deepEqual(await cache.get('c'), entryOf(0.6));
      assert.equal(await cache.get('d'), undefined);
      await cache.add('d', { ...entryOf(0.2), tokens: null, truncated: null });
      assert.deepEqual(await cache.get('d'), { ...entryOf(0.2), tokens: null, truncated: null });
    });
    assert.equal(await known(folder), 'abcd');
  });
});

test('what a kill left is cut off, and adding goes on', async () => {
  for (const harm of [
    ({ vectors }: { vectors: string }) => appendFile(vectors, 'xyz'),
    ({ index }: { index: string }) => appendFile(index, 'half an entry'),
    ({ vectors }: { vectors: string }) => appendFile(vectors, Buffer.alloc(8)),
  ])
    await withFolder(async (folder) => {
      await harm(await filled(folder));
      assert.equal(await known(folder), 'abc');
      await withCache(folder, (cache) => cache.add('d', entryOf(0.3)));
      await withCache(folder, async (cache) => {
        assert.deepEqual(await cache.get('d'), entryOf(0.3));
        assert.deepEqual(await cache.get('b'), entryOf(0.35));
      });
    });
});

test('damage costs what it hit and never gives a wrong vector', async () => {
  const flip = async (path: string, at: number) => {
    const bytes = await readFile(path);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at);
    await writeFile(path, bytes);
  };
  const harms: [(files: { vectors: string; index: string }) => Promise<void>, string][] = [
    [({ vectors }) => flip(vectors, 10), 'ac'],
    [({ index }) => flip(index, 12 + 32 + 3), 'ac'],
    [({ index }) => flip(index, 12 + 24), 'bc'],
    [({ vectors }) => truncate(vectors, 9), 'a'],
    [({ index }) => flip(index, 0), ''],
    [({ index }) => truncate(index, 5), ''],
    [({ vectors }) => truncate(vectors, 0), ''],
  ];
  for (const [harm, left] of harms)
    await withFolder(async (folder) => {
      await harm(await filled(folder));
      assert.equal(await known(folder), left);
      await filled(folder);
      assert.equal(await known(folder), 'abc');
    });
});

test('another number of dimensions starts anew, and what is no number is not kept', async () => {
  await withFolder(async (folder) => {
    await filled(folder);
    await withCache(folder, async (cache) => {
      await cache.add('d', { vector: Float32Array.of(NaN, 1), tokens: 1, truncated: false });
      assert.equal(await cache.get('d'), undefined);
      await cache.add('d', { vector: Float32Array.of(1, 0, 0), tokens: 1, truncated: false });
    });
    assert.equal(await known(folder), 'd');
  });
});

test('it stays within its bound, and the oldest of other models give way', async () => {
  await withFolder(async (folder) => {
    const { vectors } = await filled(folder);
    const other = await VectorCache.open(folder, 'other', 20);
    for (const text of ['a', 'b', 'c']) await other.add(text, entryOf(0.1));
    assert.ok(await other.get('b'));
    assert.equal(await other.get('c'), undefined);
    await other.close();
    await assert.rejects(stat(vectors));
  });
});

test('an embedder with a cache embeds only new texts', async () => {
  await withFolder(async (folder) => {
    const seen: string[] = [];
    let closed = 0;
    const plain: Embedder = {
      id: 'model',
      maxTokens: 9,
      async *embed(texts) {
        for (const [position, text] of [...texts.entries()].reverse()) {
          seen.push(text);
          yield await Promise.resolve({ position, ...entryOf(text.length / 10) });
        }
      },
      close: () => {
        closed += 1;
        return Promise.resolve();
      },
    };
    for (const texts of [
      ['x', 'xxx'],
      ['xx', 'x', 'xxx', 'xxxx'],
    ]) {
      const embedder = cachedEmbedder(plain, await VectorCache.open(folder, plain.id));
      const given = [];
      for await (const { position, vector } of embedder.embed(texts)) given[position] = vector[0];
      assert.deepEqual(
        given,
        texts.map((text) => Math.fround(text.length / 10)),
      );
      await embedder.close();
    }
    assert.deepEqual(seen, ['xxx', 'x', 'xxxx', 'xx']);
    assert.equal(closed, 2);
  });
});
