import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import { startInferenceServer } from '../../../src/inference/server.ts';
import { ScriptedModel } from '../../support/scriptedModel.ts';
import { startScriptedServer, type ScriptedServer } from '../../support/startServer.ts';

const refusal = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable(),
    code: z.string().nullable(),
  }),
});

describe('the inference server', () => {
  let server: ScriptedServer;
  before(async () => {
    server = await startScriptedServer({ contextTokens: 1000 });
  });
  after(() => server.close());

  const post = (path: string, body: unknown) =>
    fetch(server.url + path, {
      method: 'POST',
      body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    });
  const hello = { messages: [{ role: 'user', content: 'Hello' }] };

  const refusals: [what: string, body: unknown, param: string | null, says: RegExp][] = [
    ['a body that is not JSON', '{"messages": [', null, /not JSON/u],
    ['an empty body', '', null, /not JSON/u],
    ['a body that is no object', '[]', null, /request body is not valid/u],
    ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), null, /not UTF-8/u],
    ['no messages', {}, 'messages', /'messages'/u],
    ['an empty chat', { messages: [] }, 'messages', /'messages'/u],
    [
      'a content that is a number',
      { messages: [{ role: 'user', content: 3 }] },
      'messages[0].content',
      /messages\[0\]\.content/u,
    ],
    [
      'an image',
      { messages: [{ role: 'user', content: [{ type: 'image_url', text: '' }] }] },
      'messages[0].content[0].type',
      /type/u,
    ],
    [
      'an unknown role',
      { messages: [{ role: 'wizard', content: '' }] },
      'messages[0].role',
      /messages\[0\]\.role/u,
    ],
    ['n of 0', { ...hello, n: 0 }, 'n', /'n'/u],
    ['n of 129', { ...hello, n: 129 }, 'n', /128/u],
    ['a temperature as text', { ...hello, temperature: 'hot' }, 'temperature', /number/u],
    ['a negative temperature', { ...hello, temperature: -1 }, 'temperature', /'temperature'/u],
    ['a top_p of 0', { ...hello, top_p: 0 }, 'top_p', /'top_p'/u],
    ['a fractional seed', { ...hello, seed: 0.5 }, 'seed', /'seed'/u],
    ['max_tokens of 0', { ...hello, max_tokens: 0 }, 'max_tokens', /'max_tokens'/u],
    ['an empty stop string', { ...hello, stop: [''] }, 'stop[0]', /stop/u],
    ['max_tokens over the context', { ...hello, max_tokens: 1000 }, 'max_tokens', /1000 tokens/u],
  ];
  for (const [what, body, param, says] of refusals) {
    test(`${what} is refused with 400, naming the field`, async () => {
      const response = await post('/v1/chat/completions', body);
      const { error } = refusal.parse(await response.json());
      assert.equal(response.status, 400);
      assert.equal(error.param, param);
      assert.equal(error.type, 'invalid_request_error');
      assert.match(error.message, says);
    });
  }

  test('an unknown model is a 404 that names the one served', async () => {
    const response = await post('/v1/chat/completions', { ...hello, model: 'gpt-9' });
    const { error } = refusal.parse(await response.json());
    assert.equal(response.status, 404);
    assert.equal(error.code, 'model_not_found');
    assert.match(error.message, /'scripted'/u);
  });

  test('unknown fields and nulls are passed over', async () => {
    const body = { ...hello, user: 'me', logit_bias: {}, stop: null, n: null, seed: -3 };
    assert.equal((await post('/v1/chat/completions', body)).status, 200);
  });

  test('a body of 20 MiB is read and one above 64 MiB refused with 413', async () => {
    const large = await post('/tokenize', { prompt: 'x'.repeat(20 * 1024 * 1024) });
    assert.equal(large.status, 200);
    const response = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(`${server.url}/tokenize`, {
        method: 'POST',
        headers: { 'content-length': 65 * 1024 * 1024 },
      });
      sent.on('response', (answer) => {
        resolve(answer.statusCode);
        sent.destroy();
      });
      sent.on('error', reject);
      sent.flushHeaders();
    });
    assert.equal(response, 413);
  });

  test('other paths and methods are refused as JSON', async () => {
    const missing = await fetch(`${server.url}/v1/engines`);
    assert.equal(missing.status, 404);
    refusal.parse(await missing.json());
    const wrong = await fetch(`${server.url}/v1/chat/completions`);
    assert.equal(wrong.status, 405);
    assert.equal(wrong.headers.get('allow'), 'POST');
    refusal.parse(await wrong.json());
  });

  test('a request under another host name is refused and no answer allows other origins', async () => {
    const { port } = new URL(server.url);
    const statusFor = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const options = { port, host: '127.0.0.1', path: '/health', headers: { host } };
        request(options, (answer) => {
          assert.equal(answer.headers['access-control-allow-origin'], undefined);
          answer.resume();
          resolve(answer.statusCode);
        })
          .on('error', reject)
          .end();
      });
    assert.equal(await statusFor('evil.example'), 403);
    assert.equal(await statusFor(`localhost.evil.example:${port}`), 403);
    assert.equal(await statusFor(`localhost:${port}`), 200);
    assert.equal(await statusFor('[::1]'), 200);
  });

  test('health and models say what is served', async () => {
    const health: unknown = await (await fetch(`${server.url}/health`)).json();
    assert.deepEqual(health, { status: 'ok', model: 'scripted', pid: process.pid });
    const models = z
      .object({ data: z.array(z.object({ id: z.string(), max_model_len: z.number() })) })
      .parse(await (await fetch(`${server.url}/v1/models`)).json());
    assert.deepEqual(models.data, [{ id: 'scripted', max_model_len: 1000 }]);
  });

  test('/tokenize takes the field names of vLLM and of llama.cpp', async () => {
    const answers = await Promise.all(
      [{ prompt: 'one two three' }, { content: 'one two three' }].map(async (body) => {
        const json: unknown = await (await post('/tokenize', body)).json();
        return z.object({ count: z.number(), tokens: z.array(z.number()) }).parse(json);
      }),
    );
    assert.deepEqual(answers[0], answers[1]);
    assert.equal(answers[0]?.count, 3);
    assert.equal((await post('/tokenize', {})).status, 400);
  });

  test('shutdown does not exist without a token', async () => {
    assert.equal((await post('/shutdown', {})).status, 403);
  });
});

test('requests in progress end with an error when the server closes, and it closes promptly', async () => {
  const model = new ScriptedModel({ delayMs: 50 });
  const server = await startInferenceServer({ model, port: 0 });
  const answers = [1, 2].map((n) =>
    fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ messages: [{ role: 'user', content: `Long ${n}` }], n: 8 }),
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  const start = performance.now();
  await server.close();
  assert.ok(performance.now() - start < 2000);
  for (const answer of await Promise.all(answers)) assert.equal(answer.status, 503);
});

test('a cancelled generation does no further step', async () => {
  const server = await startScriptedServer({ delayMs: 20 });
  const cancel = new AbortController();
  const answer = fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ messages: [{ role: 'user', content: 'Long' }] }),
    signal: cancel.signal,
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  cancel.abort();
  await assert.rejects(answer);
  await new Promise((resolve) => setTimeout(resolve, 60));
  const { steps } = server.model;
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(server.model.steps, steps);
  await server.close();
});
