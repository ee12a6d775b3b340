import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { z } from 'zod';
import { messageOf } from '../../../../src/errors.ts';
import type { Embedder, Embedding } from '../../../../src/scoring/embedding/embedder.ts';
import { openServerEmbedder } from '../../../../src/scoring/embedding/serverEmbedder.ts';

const KEY = 'sk-a-secret-key';
const requestSchema = z.object({
  model: z.string(),
  input: z.array(z.string()),
  encoding_format: z.enum(['base64', 'float']),
  task: z.string().optional(),
});
type Asked = z.infer<typeof requestSchema>;
type Answer = (asked: Asked, response: ServerResponse, request: IncomingMessage) => void;

const closers: (() => void)[] = [];
after(() => {
  for (const close of closers) close();
});

function send(response: ServerResponse, status: number, body: unknown, type = 'application/json') {
  response.writeHead(status, { 'content-type': type });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function refuse(status: number, message: string): Answer {
  return (_, response) => {
    send(response, status, { error: { message } });
  };
}

/** Twice the length of a unit vector, so that normalising shows. */
function vectorOf(content: string): number[] {
  const angle = content.length;
  return [2 * Math.cos(angle), 2 * Math.sin(angle), 0];
}

const good: Answer = ({ input, encoding_format }, response) => {
  const data = input.map((content, index) => {
    const vector = vectorOf(content);
    const embedding =
      encoding_format === 'float'
        ? vector
        : Buffer.from(Float32Array.from(vector).buffer).toString('base64');
    return { object: 'embedding', index, embedding };
  });
  send(response, 200, { data: data.reverse(), usage: { prompt_tokens: 7 * input.length } });
};

async function serve(answer: Answer): Promise<{ baseUrl: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      if (request.url !== '/v1/embeddings') {
        send(response, 404, { error: { message: 'no such address' } });
        return;
      }
      const parsed = requestSchema.parse(JSON.parse(body));
      asked.push(parsed);
      answer(parsed, response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return { baseUrl: `http://127.0.0.1:${String(address.port)}/v1`, asked };
}

const plain = { model: 'm', task: 'text-matching', apiKey: KEY, retries: 0 };

async function embedAll(embedder: Embedder, texts: readonly string[]): Promise<Embedding[]> {
  const all: Embedding[] = [];
  for await (const embedding of embedder.embed(texts)) all.push(embedding);
  return all.sort((a, b) => a.position - b.position);
}

async function embedWith(answer: Answer, texts: readonly string[]): Promise<Embedding[]> {
  const { baseUrl } = await serve(answer);
  return embedAll(openServerEmbedder({ ...plain, baseUrl }), texts);
}

const many = (count: number) => Array.from({ length: count }, (_, at) => 'x'.repeat(at + 1));

test('texts go in batches and come back as unit vectors in their places', async () => {
  const { baseUrl, asked } = await serve(good);
  const embedder = openServerEmbedder({ ...plain, baseUrl });
  const all = await embedAll(embedder, many(70));
  assert.deepEqual(asked.map(({ input }) => input.length).sort(), [32, 32, 6]);
  assert.equal(all.length, 70);
  for (const [at, { position, vector, truncated, tokens }] of all.entries()) {
    assert.equal(position, at);
    assert.deepEqual(
      [...vector.map((v) => Math.round(v * 1e6))],
      [...Float32Array.of(Math.cos(at + 1), Math.sin(at + 1), 0).map((v) => Math.round(v * 1e6))],
    );
    assert.equal(truncated, null);
    assert.equal(tokens, null);
  }
});

test('the key is sent, and a text alone has a token count', async () => {
  const [only] = await embedWith(
    (asked, response, request) => {
      assert.equal(request.headers.authorization, `Bearer ${KEY}`);
      good(asked, response, request);
    },
    ['a'],
  );
  assert.equal(only?.tokens, 7);
});

test('a server that knows no base64 is asked for floats from then on', async () => {
  const { baseUrl, asked } = await serve((request, response, raw) => {
    if (request.encoding_format === 'base64')
      refuse(400, 'encoding_format base64 is not supported')(request, response, raw);
    else good(request, response, raw);
  });
  const embedder = openServerEmbedder({ ...plain, baseUrl, batch: 2, concurrency: 1 });
  assert.equal((await embedAll(embedder, many(6))).length, 6);
  assert.deepEqual(
    asked.map(({ encoding_format }) => encoding_format),
    ['base64', 'float', 'float', 'float'],
  );
});

test('a server that sends floats whatever it is asked for is understood', async () => {
  const all = await embedWith((asked, response, request) => {
    good({ ...asked, encoding_format: 'float' }, response, request);
  }, many(3));
  assert.ok(Math.abs((all[0]?.vector[0] ?? 0) - Math.cos(1)) < 1e-6);
});

test('a batch that is too large is halved', async () => {
  const all = await embedWith((asked, response, request) => {
    if (asked.input.length > 5)
      refuse(422, 'batch size 32 > maximum allowed batch size 5')(asked, response, request);
    else good(asked, response, request);
  }, many(32));
  assert.deepEqual(
    all.map(({ position }) => position),
    Array.from({ length: 32 }, (_, at) => at),
  );
});

test('prefix and task are those of the model', async () => {
  const { baseUrl, asked } = await serve(good);
  const e5 = openServerEmbedder({ ...plain, baseUrl, model: 'intfloat/e5-base-v2' });
  await embedAll(e5, ['a ']);
  const jina = openServerEmbedder({ ...plain, baseUrl, model: 'jinaai/jina-embeddings-v3' });
  await embedAll(jina, ['a']);
  assert.deepEqual(
    asked.map(({ input, task }) => [input, task]),
    [
      [['query: a'], undefined],
      [['a'], 'text-matching'],
    ],
  );
  assert.equal(e5.id, 'server intfloat/e5-base-v2 (prefix "query: ")');
  assert.equal(jina.id, 'server jinaai/jina-embeddings-v3 (task text-matching)');
});

test('an empty text is sent as a space, which no server refuses', async () => {
  const { baseUrl, asked } = await serve(good);
  assert.equal((await embedAll(openServerEmbedder({ ...plain, baseUrl }), ['', '\n'])).length, 2);
  assert.deepEqual(asked[0]?.input, [' ', ' ']);
});

const data = (...embeddings: unknown[]): Answer => {
  return (_, response) => {
    send(response, 200, { data: embeddings.map((embedding, index) => ({ index, embedding })) });
  };
};

const failures: [name: string, answer: Answer, texts: string[], code: string, message: RegExp][] = [
  [
    'a wrong key',
    refuse(401, `Incorrect API key provided: ${KEY}`),
    ['a'],
    'unauthorized',
    /refused the key \(401\)\. Set one/,
  ],
  [
    'an unknown model',
    refuse(404, 'The model `m` does not exist'),
    ['a'],
    'not_found',
    /no model "m".*does not exist/,
  ],
  ['a key in an error', refuse(418, `you sent ${KEY}`), ['a'], 'refused', /you sent \*\*\*/],
  [
    'a web page',
    (_, response) => {
      send(response, 200, '<!doctype html><p>Log in', 'text/html');
    },
    ['a'],
    'bad_answer',
    /it sent a web page\. Check the base URL/,
  ],
  [
    'broken JSON',
    (_, response) => {
      send(response, 200, '{"data":[');
    },
    ['a'],
    'bad_answer',
    /not valid JSON/,
  ],
  [
    'another JSON',
    (_, response) => {
      send(response, 200, { choices: [] });
    },
    ['a'],
    'bad_answer',
    /something else/,
  ],
  ['too few embeddings', data([1, 0]), ['a', 'b'], 'bad_answer', /embed 2 texts and sent 1/],
  [
    'dimensions that differ',
    data([1, 0], [1, 0, 0]),
    ['a', 'b'],
    'bad_answer',
    /of 2 and of 3 dimensions/,
  ],
  ['NaN', data([null, 1]), ['a'], 'bad_embedding', /NaN or infinite/],
  ['zeros', data([0, 0]), ['a'], 'bad_embedding', /all zeros/],
  ['no numbers', data([]), ['a'], 'bad_answer', /no list of numbers/],
  ['half a float', data('AAAA'), ['a'], 'bad_answer', /no list of numbers/],
  [
    'an index twice',
    (_, response) => {
      send(response, 200, { data: [0, 0].map((index) => ({ index, embedding: [1] })) });
    },
    ['a', 'b'],
    'bad_answer',
    /numbered its embeddings wrongly/,
  ],
  [
    'an index too high',
    (_, response) => {
      send(response, 200, { data: [{ index: 5, embedding: [1] }] });
    },
    ['a'],
    'bad_answer',
    /index 5 of 1/,
  ],
  [
    'a text that is too long',
    refuse(400, "This model's maximum context length is 512 tokens"),
    ['a'],
    'text_too_long',
    /longer than "m"/,
  ],
  [
    'a redirect',
    (_, response) => {
      response.writeHead(307, { location: 'http://127.0.0.1:9/v1/embeddings' }).end();
    },
    ['a'],
    'redirected',
    /redirects to another address \(307\)/,
  ],
  ['too many requests', refuse(429, 'slow down'), ['a'], 'rate_limited', /asks to slow down/],
  ['a failing server', refuse(500, 'CUDA error'), ['a'], 'server_error', /500: .*CUDA error/],
  [
    'a closed connection',
    (_, response) => {
      response.destroy();
    },
    ['a'],
    'server_unreachable',
    /Could not reach 127\.0\.0\.1/,
  ],
];

for (const [name, answer, texts, code, message] of failures)
  test(`${name} is an error that says so and does not hold the key`, async () => {
    await assert.rejects(embedWith(answer, texts), (error: unknown) => {
      assert.ok(error instanceof Error && 'code' in error);
      assert.equal(error.code, code);
      assert.match(messageOf(error), message);
      let current: unknown = error;
      while (current instanceof Error) {
        assert.ok(
          !`${current.message} ${JSON.stringify(current)} ${current.stack ?? ''}`.includes(KEY),
        );
        current = current.cause;
      }
      return true;
    });
  });

test('a server that fails for a moment is asked again', async () => {
  let failing = 1;
  const { baseUrl, asked } = await serve((request, response, raw) => {
    if (failing-- > 0) refuse(503, 'loading')(request, response, raw);
    else good(request, response, raw);
  });
  const embedder = openServerEmbedder({ ...plain, baseUrl, retries: 1 });
  assert.equal((await embedAll(embedder, ['a'])).length, 1);
  assert.equal(asked.length, 2);
});

test('dimensions that change between batches are an error', async () => {
  let width = 2;
  const { baseUrl } = await serve((asked, response) => {
    width += 1;
    send(response, 200, { data: asked.input.map(() => ({ embedding: Array(width).fill(1) })) });
  });
  const embedder = openServerEmbedder({ ...plain, baseUrl, batch: 1, concurrency: 1 });
  await assert.rejects(embedAll(embedder, ['a', 'b']), { code: 'bad_answer' });
});

test('a server that hangs is given up after the timeout', async () => {
  const { baseUrl } = await serve(() => undefined);
  await assert.rejects(embedAll(openServerEmbedder({ ...plain, baseUrl, timeoutMs: 100 }), ['a']), {
    code: 'timeout',
  });
});

test('nothing listening is an error with the host', async () => {
  const embedder = openServerEmbedder({ ...plain, baseUrl: 'http://127.0.0.1:9/v1' });
  await assert.rejects(embedAll(embedder, ['a']), {
    code: 'server_unreachable',
    message: /127\.0\.0\.1:9/,
  });
});

test("an abort ends the call with the signal's reason", async () => {
  const { baseUrl } = await serve(() => undefined);
  const abort = new AbortController();
  setTimeout(() => {
    abort.abort(new Error('enough'));
  }, 50);
  await assert.rejects(async () => {
    for await (const { position } of openServerEmbedder({ ...plain, baseUrl }).embed(
      ['a'],
      abort.signal,
    ))
      assert.fail(String(position));
  }, /enough/);
});

test('closing ends what waits', async () => {
  const { baseUrl } = await serve(() => undefined);
  const embedder = openServerEmbedder({ ...plain, baseUrl });
  const running = assert.rejects(embedAll(embedder, ['a']), { code: 'embedder_closed' });
  await new Promise((resolve) => setTimeout(resolve, 50));
  await embedder.close();
  await running;
});

test('an endpoint that is no http(s) URL, or holds a password, is refused', () => {
  for (const baseUrl of ['localhost:8000', 'ftp://host/v1', '', 'http://me:secret@host/v1'])
    assert.throws(
      () => openServerEmbedder({ ...plain, baseUrl }),
      (error: unknown) => {
        assert.ok(error instanceof Error && 'code' in error && error.code === 'bad_endpoint');
        assert.ok(!error.message.includes('secret'));
        return true;
      },
    );
});
