import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { after, describe, test } from 'node:test';
import { z } from 'zod';
import type { Embedder, Embedding } from '../../../../src/scoring/embedding/embedder.ts';
import {
  describeDownload,
  openLocalEmbedder,
} from '../../../../src/scoring/embedding/localEmbedder.ts';

const workerUrl = new URL('../../../../src/scoring/embedding/embeddingWorker.ts', import.meta.url);
const here = (name: string) => join(import.meta.dirname, name);

async function embedAll(embedder: Embedder, texts: readonly string[]): Promise<Embedding[]> {
  const embeddings: Embedding[] = [];
  for await (const embedding of embedder.embed(texts)) embeddings.push(embedding);
  return embeddings.sort((a, b) => a.position - b.position);
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? NaN), 0);
}

const WORDS = 'the river town has one mill and three old bridges over its dark water'.split(' ');

/** The same texts as `words` of makeReference.py makes. */
function words(count: number): string {
  return Array.from({ length: count }, (_, at) => WORDS[(at * at) % WORDS.length]).join(' ');
}

const embedded = process.env['SEALONG_EMBEDDED'];
const folder = join(embedded ?? '', 'embedding');
const skip =
  embedded === undefined
    ? 'SEALONG_EMBEDDED names no folder with the embedded models'
    : !existsSync(folder) && `${folder} does not exist`;

describe('the embedded model', { skip }, () => {
  const opened: Embedder[] = [];
  async function open(workers: number): Promise<Embedder> {
    const embedder = await openLocalEmbedder({
      model: { folder },
      task: 'text-matching',
      workers,
      workerUrl,
    });
    opened.push(embedder);
    return embedder;
  }
  // Loading takes longer than most tests, so those that do not close it share one.
  let shared: Promise<Embedder> | undefined;
  const single = () => (shared ??= open(1));
  after(() => Promise.all(opened.map((embedder) => embedder.close())));

  test('gives the embeddings of sentence-transformers, also of truncated texts', async () => {
    const numbers = z.array(z.array(z.number()));
    const reference = z
      .object({
        names: z.array(z.string()),
        tokens: z.array(z.number()),
        first_dimensions: numbers,
        cosines: numbers,
      })
      .parse(JSON.parse(readFileSync(here('reference.json'), 'utf8')));
    const texts = z
      .record(z.string(), z.union([z.string(), z.number()]))
      .parse(JSON.parse(readFileSync(here('texts.json'), 'utf8')));
    const embeddings = await embedAll(
      await single(),
      Object.values(texts).map((text) => (typeof text === 'number' ? words(text) : text)),
    );

    assert.deepEqual(Object.keys(texts), reference.names);
    assert.deepEqual(
      embeddings.map(({ tokens }) => tokens),
      reference.tokens,
    );
    assert.deepEqual(
      embeddings.map(({ truncated }) => truncated),
      reference.tokens.map((tokens) => tokens > 256),
    );
    let worst = 0;
    for (const [i, { vector }] of embeddings.entries()) {
      assert.equal(vector.length, 384);
      for (const [d, expected] of (reference.first_dimensions[i] ?? []).entries())
        worst = Math.max(worst, Math.abs((vector[d] ?? NaN) - expected));
      for (const [j, other] of embeddings.entries())
        worst = Math.max(
          worst,
          Math.abs(dot(vector, other.vector) - (reference.cosines[i]?.[j] ?? NaN)),
        );
    }
    assert.ok(worst < 1e-5, `the largest difference is ${worst}`);
  });

  test('gives the same vectors whatever the number of workers', async () => {
    const texts = Array.from({ length: 12 }, (_, at) => words(3 + at * 5));
    const one = await embedAll(await single(), texts);
    const three = await embedAll(await open(3), texts);
    assert.deepEqual(
      three.map(({ position }) => position),
      texts.map((_, at) => at),
    );
    for (const [at, { vector }] of one.entries()) assert.deepEqual(three[at]?.vector, vector);
  });

  test('stops when aborted, and embeds again afterwards', async () => {
    const embedder = await single();
    const abort = new AbortController();
    const texts = Array.from({ length: 40 }, () => words(200));
    let given = 0;
    await assert.rejects(async () => {
      for await (const { position } of embedder.embed(texts, abort.signal)) {
        assert.ok(position < texts.length);
        given += 1;
        if (given === 3) abort.abort(new Error('enough'));
      }
    }, /enough/);
    assert.equal(given, 3);
    const [again] = await embedAll(embedder, ['The lighthouse was built in 1874.']);
    assert.equal(again?.vector.length, 384);
  });

  test('ends what waits when it is closed in the middle', async () => {
    const embedder = await open(2);
    const running = embedAll(
      embedder,
      Array.from({ length: 40 }, () => words(200)),
    );
    const settled = assert.rejects(running, { code: 'embedder_closed' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await embedder.close();
    await settled;
    await assert.rejects(embedAll(embedder, ['late']), { code: 'embedder_closed' });
  });

  test("leaves the caller's event loop free", async () => {
    const embedder = await single();
    await embedAll(embedder, ['load it first']);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    await embedAll(
      embedder,
      Array.from({ length: 64 }, () => words(60)),
    );
    delay.disable();
    // 50 ms is the aim; a busy machine may take a thread away for a while.
    const median = delay.percentile(50) / 1e6;
    const high = delay.percentile(99) / 1e6;
    assert.ok(median < 50, `the median delay is ${median} ms`);
    assert.ok(high < 200, `one delay in a hundred is above ${high} ms`);
  });
});

describe('a model with tasks, of the signature of jina-embeddings-v3', () => {
  const VOCABULARY = '<s> <pad> </s> <unk> the lighthouse was built by ada .'.split(' ');

  /** What makeTaskModel.py's model is to give. */
  function expected(tokens: readonly string[], task: number): number[] {
    const ids = tokens.map((token) => VOCABULARY.indexOf(token));
    const mean = Array.from(
      { length: 8 },
      (_, d) =>
        ids.reduce((sum, id) => sum + ((id * id * 7 + d * 3) % 11) - 5, 0) / ids.length +
        (((task * 5 + d * task) % 7) - 3),
    );
    const length = Math.hypot(...mean);
    return mean.map((value) => value / length);
  }

  async function embedOne(task: string, text: string): Promise<Embedding | undefined> {
    const embedder = await openLocalEmbedder({
      model: { folder: here('taskModel') },
      task,
      workers: 1,
      workerUrl,
    });
    try {
      assert.match(embedder.id, new RegExp(`^jina-embeddings-v3@[0-9a-f]{16} .*task ${task}`));
      assert.equal(embedder.maxTokens, 8192);
      return (await embedAll(embedder, [text]))[0];
    } finally {
      await embedder.close();
    }
  }

  function assertClose(actual: Float32Array | undefined, wanted: readonly number[]): void {
    assert.ok(actual);
    assert.equal(actual.length, wanted.length);
    for (const [d, value] of wanted.entries())
      assert.ok(Math.abs((actual[d] ?? NaN) - value) < 1e-6, `dimension ${d}`);
  }

  test('gets the id of its task, and the mean of text_embeds is taken', async () => {
    const tokens = ['<s>', 'the', 'lighthouse', 'was', 'built', 'by', 'ada', '.', '</s>'];
    const text = 'The lighthouse was built by Ada.';
    assertClose((await embedOne('text-matching', text))?.vector, expected(tokens, 4));
    assertClose((await embedOne('separation', text))?.vector, expected(tokens, 2));
  });

  test('keeps </s> where it cuts a text', async () => {
    const embedding = await embedOne('text-matching', 'ada '.repeat(9000));
    const ada = Array.from({ length: 8190 }, () => 'ada');
    assert.equal(embedding?.tokens, 9002);
    assert.equal(embedding.truncated, true);
    assertClose(embedding.vector, expected(['<s>', ...ada, '</s>'], 4));
  });

  test('is fetched from a hub when that is allowed, and afterwards opened without it', async () => {
    const cacheDir = await mkdtemp(join(tmpdir(), 'sealong-cache-'));
    const server = createServer((request, response) => {
      const path = /^\/jinaai\/jina-embeddings-v3\/resolve\/main\/(.+)$/.exec(
        request.url ?? '',
      )?.[1];
      const file = here(join('taskModel', path ?? 'none'));
      if (existsSync(file)) response.end(readFileSync(file));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const host = `http://127.0.0.1:${String(address.port)}`;
    const hub = { hubId: 'jinaai/jina-embeddings-v3', cacheDir, host };
    const open = (allowDownload: boolean) =>
      openLocalEmbedder({ model: { ...hub, allowDownload }, task: 'text-matching', workerUrl });
    try {
      await assert.rejects(open(false), {
        code: 'model_not_downloaded',
        message: /about 2\.30 GB/,
      });
      const described = await describeDownload(hub, workerUrl);
      assert.ok(described);
      assert.equal(described.host, host);
      assert.ok(described.bytes > 2000);
      const fetched = await open(true);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));

      assert.equal(await describeDownload(hub, workerUrl), null);
      const again = await open(false);
      const local = await openLocalEmbedder({
        model: { folder: here('taskModel') },
        task: 'text-matching',
        workerUrl,
      });
      assert.equal(fetched.id, local.id);
      assert.equal(again.id, local.id);
      const [embedding] = await embedAll(again, ['ada']);
      assertClose(embedding?.vector, expected(['<s>', 'ada', '</s>'], 4));
      await Promise.all([fetched.close(), again.close(), local.close()]);
    } finally {
      server.close();
      await rm(cacheDir, { recursive: true, force: true });
    }
  });

  test('is refused with its folder when its weights are damaged', async () => {
    const damaged = await mkdtemp(join(tmpdir(), 'sealong-damaged-'));
    try {
      await cp(here('taskModel'), damaged, { recursive: true });
      const weights = readFileSync(here('taskModel/onnx/model.onnx'));
      await writeFile(join(damaged, 'onnx/model.onnx'), weights.subarray(0, 500));
      const embedder = await openLocalEmbedder({
        model: { folder: damaged },
        task: 'text-matching',
        workerUrl,
      });
      await assert.rejects(embedAll(embedder, ['a']), (error: unknown) => {
        assert.ok(error instanceof Error && 'code' in error && error.code === 'bad_model');
        assert.ok(error.message.includes(damaged));
        return true;
      });
      await embedder.close();
    } finally {
      await rm(damaged, { recursive: true, force: true });
    }
  });

  test('refuses a task it does not have, naming those it has', async () => {
    await assert.rejects(embedOne('translation', 'a'), {
      code: 'unknown_task',
      message: /no task "translation".*retrieval\.query.*text-matching/,
    });
  });
});
