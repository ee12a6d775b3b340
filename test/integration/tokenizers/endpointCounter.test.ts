import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { endpointCounter } from '../../../src/tokenizers/endpointCounter.ts';
import { sendJson, withServer } from './servers.ts';

const vllmRequest = z.object({ model: z.string(), prompt: z.string() });
const llamaRequest = z.object({ content: z.string().default('') });

const wordsOf = (text: string) => text.split(' ').map((_, index) => index);

test('vLLM counts, asked at the address without /v1 and with the key', () =>
  withServer(
    ({ body }, response) => {
      const tokens = wordsOf(vllmRequest.parse(JSON.parse(body)).prompt);
      sendJson(response, { count: tokens.length, max_model_len: 4096, tokens });
    },
    async (base, requests) => {
      const counter = endpointCounter('org/model', { url: `${base}/v1/`, apiKey: 'secret' });
      assert.equal(counter.id, 'endpoint:org/model');
      assert.equal(await counter.count('one two three'), 3);
      const [request] = requests;
      assert.equal(request?.url, '/tokenize');
      assert.equal(request.authorization, 'Bearer secret');
      assert.equal(vllmRequest.parse(JSON.parse(request.body)).model, 'org/model');
    },
  ));

test('llama.cpp counts, and from the second text on is asked its own way at once', () =>
  withServer(
    ({ body }, response) => {
      const { content } = llamaRequest.parse(JSON.parse(body));
      sendJson(response, { tokens: content === '' ? [] : wordsOf(content) });
    },
    async (base, requests) => {
      const counter = endpointCounter('m', { url: base, apiKey: undefined });
      assert.equal(await counter.count('one two'), 2);
      assert.equal(requests.length, 2);
      assert.equal(await counter.count('one two three'), 3);
      assert.equal(requests.length, 3);
    },
  ));

for (const [name, status, text, code, message] of [
  ['no such path', 404, 'Not Found', 'no_tokenizer', /404: Not Found.*questions\.tokenizer/],
  [
    'a web page',
    200,
    '<html>hello</html>',
    'no_tokenizer',
    /200: a web page.*questions\.tokenizer/,
  ],
  ['a wrong key', 401, '{}', 'unauthorized', /SEALONG_API_KEY/],
  ['a way to another address', 302, '', 'redirected', /does not follow/],
  ['a fault of its own', 500, 'oops', 'no_tokenizer', /500: oops/],
] as const)
  test(`a server that answers with ${name} is one clear error`, () =>
    withServer(
      (_, response) => {
        response.writeHead(status);
        response.end(text);
      },
      async (base) => {
        const counter = endpointCounter('m', { url: base, apiKey: undefined });
        await assert.rejects(async () => counter.count('a'), { code, message });
      },
    ));

test('a server that is not there is one clear error', async () => {
  let gone = '';
  await withServer(
    () => undefined,
    (base) => {
      gone = base;
      return Promise.resolve();
    },
  );
  const counter = endpointCounter('m', { url: gone, apiKey: undefined });
  await assert.rejects(async () => counter.count('a'), {
    code: 'server_unreachable',
    message: /nothing listens there.*questions\.tokenizer/,
  });
});

test('a server that does not answer is left at the signal', () =>
  withServer(
    () => undefined,
    async (base) => {
      const counter = endpointCounter(
        'm',
        { url: base, apiKey: undefined },
        AbortSignal.timeout(50),
      );
      await assert.rejects(async () => counter.count('a'), { name: 'TimeoutError' });
    },
  ));
