import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { WorkerModel } from '../../../../src/protocol/embedding.ts';
import type { Embedding } from '../../../../src/scoring/embedding/embedder.ts';
import { ThreadPool } from '../../../../src/scoring/embedding/threadPool.ts';

const model: WorkerModel = {
  folder: '',
  pooling: 'mean',
  prefix: '',
  maxTokens: null,
  output: null,
  taskId: null,
  externalData: false,
};

/** A worker that speaks the protocol without a model. Some texts are orders: `wait MS`, `fail`, `throw`, `exit`. */
function workerWith(open = "reply({ type: 'opened' })"): URL {
  const source = `
    import { parentPort as port, threadId } from 'node:worker_threads';
    let queue = Promise.resolve();
    port.on('message', (message) => {
      if (message.type === 'close') queue = queue.then(() => port.close());
      if (message.type !== 'request') return;
      const { request, body } = message;
      const reply = (reply) => port.postMessage({ type: 'reply', request, reply });
      const fail = (code) => port.postMessage({ type: 'failed', request, error: { code, message: code } });
      queue = queue.then(async () => {
        if (body.type === 'open') { ${open}; return; }
        const [order, ms] = body.text.split(' ');
        if (order === 'wait') await new Promise((resolve) => setTimeout(resolve, Number(ms)));
        if (order === 'fail') return fail('told_to_fail');
        if (order === 'throw') throw new Error('told to throw');
        if (order === 'exit') process.exit(3);
        reply({ type: 'embedded', vector: Float32Array.of(threadId), tokens: body.text.length, truncated: false });
      });
    });`;
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}

const pools: ThreadPool[] = [];
after(() => Promise.all(pools.map((pool) => pool.close())));

function poolOf(size: number, entry = workerWith()): ThreadPool {
  const pool = new ThreadPool(entry, model, size);
  pools.push(pool);
  return pool;
}

async function embedAll(
  pool: ThreadPool,
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<Embedding[]> {
  const all: Embedding[] = [];
  for await (const embedding of pool.embed(texts, signal)) all.push(embedding);
  return all;
}

const threadsOf = (all: Embedding[]) => new Set(all.map(({ vector }) => vector[0])).size;
const many = (count: number) => Array.from({ length: count }, (_, at) => 'x'.repeat(at));

test('each position comes once, with the result of its text', async () => {
  const all = await embedAll(poolOf(3), many(1000));
  assert.equal(all.length, 1000);
  assert.equal(new Set(all.map(({ position }) => position)).size, 1000);
  for (const { position, tokens } of all) assert.equal(tokens, position);
});

test('no text, no work', async () => {
  assert.deepEqual(await embedAll(poolOf(2), []), []);
});

test('a long text holds up one worker only', async () => {
  const all = await embedAll(poolOf(2), ['wait 300', 'wait 100', ...many(20)]);
  assert.equal(all.at(-1)?.position, 0);
  assert.equal(threadsOf(all), 2);
});

test('calls at the same time share the workers, and none waits for the whole of another', async () => {
  const pool = poolOf(1);
  const order: string[] = [];
  const long = embedAll(
    pool,
    Array.from({ length: 30 }, () => 'wait 5'),
  ).then(() => order.push('long'));
  const short = embedAll(pool, ['wait 5', 'wait 5']).then(() => order.push('short'));
  await Promise.all([long, short]);
  assert.deepEqual(order, ['short', 'long']);
});

test('a reader that takes its time gets everything, and little is embedded ahead of it', async () => {
  const pool = poolOf(2);
  let taken = 0;
  for await (const { position } of pool.embed(many(600))) {
    if (taken === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(position <= taken + 300, `${position} came after ${taken}`);
    taken += 1;
  }
  assert.equal(taken, 600);
});

test("an abort ends the call at once with the signal's reason, and the pool goes on", async () => {
  const pool = poolOf(1);
  const abort = new AbortController();
  const started = performance.now();
  setTimeout(() => {
    abort.abort(new Error('enough'));
  }, 50);
  await assert.rejects(embedAll(pool, ['wait 1500', 'late'], abort.signal), /enough/);
  assert.ok(performance.now() - started < 1400);
  assert.equal((await embedAll(pool, ['next'])).length, 1);
  await assert.rejects(embedAll(pool, ['never'], AbortSignal.abort(new Error('before'))), /before/);
});

test('a reader that leaves early leaves the pool usable', async () => {
  const pool = poolOf(2);
  for await (const { position } of pool.embed(many(50))) if (position >= 0) break;
  assert.equal((await embedAll(pool, many(5))).length, 5);
});

test('a text that fails ends its call alone', async () => {
  const pool = poolOf(2);
  const good = embedAll(pool, many(50));
  await assert.rejects(embedAll(pool, ['a', 'fail', 'b']), { code: 'told_to_fail' });
  assert.equal((await good).length, 50);
});

test('a worker that dies ends the call with what happened, and the next call has a new one', async () => {
  const pool = poolOf(1);
  await assert.rejects(embedAll(pool, ['throw']), {
    code: 'embedding_worker_failed',
    message: /told to throw/,
  });
  await assert.rejects(embedAll(pool, ['exit', 'after']), {
    code: 'embedding_worker_failed',
    message: /status 3/,
  });
  assert.equal((await embedAll(pool, ['next'])).length, 1);
});

test('a model that cannot be loaded ends the call', async () => {
  await assert.rejects(embedAll(poolOf(2, workerWith("fail('bad_model')")), many(4)), {
    code: 'bad_model',
  });
  await assert.rejects(
    embedAll(poolOf(1, workerWith("throw new Error('Array buffer allocation failed')")), ['a']),
    {
      code: 'out_of_memory',
    },
  );
});

test('where memory is enough for some workers only, these do the work', async () => {
  const entry = workerWith("threadId % 2 ? fail('out_of_memory') : reply({ type: 'opened' })");
  const all = await embedAll(poolOf(4, entry), many(40));
  assert.equal(all.length, 40);
  assert.ok(threadsOf(all) <= 2);
});

test('closing settles what waits and lets the text in work end', async () => {
  const pool = poolOf(1);
  const running = assert.rejects(embedAll(pool, ['wait 200', 'b']), { code: 'embedder_closed' });
  await new Promise((resolve) => setTimeout(resolve, 50));
  await pool.close();
  await running;
  await assert.rejects(embedAll(pool, ['late']), { code: 'embedder_closed' });
  await pool.close();
});
