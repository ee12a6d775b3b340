import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { hubTokenizerFile } from '../../../src/tokenizers/hubTokenizer.ts';
import { counterFromFile } from '../../../src/tokenizers/tokenizerFile.ts';
import { withFolder } from '../../support/temporary.ts';
import { withServer } from './servers.ts';

const toy = await readFile(new URL('../../fixtures/synthesis/tokenizer.json', import.meta.url));

test('a tokenizer is fetched once, then taken from the cache', () =>
  withFolder((modelCache) =>
    withServer(
      ({ url }, response) => {
        if (url.endsWith('tokenizer.json')) response.end(toy);
        else response.writeHead(404).end();
      },
      async (hubUrl, requests) => {
        const options = { modelCache, allowDownload: true, hubUrl, hubToken: 'token' };
        const path = await hubTokenizerFile('org/model', options);
        assert.deepEqual(
          requests.map(({ url }) => url),
          ['tokenizer_config.json', 'tokenizer.json'].map(
            (file) => `/org/model/resolve/main/${file}`,
          ),
        );
        assert.equal(requests[0]?.authorization, 'Bearer token');
        assert.deepEqual(await readdir(dirname(path)), ['tokenizer.json']);
        assert.equal(await (await counterFromFile(path)).count('Passage'), 1);
        const again = { ...options, allowDownload: false };
        assert.equal(await hubTokenizerFile('org/model', again), path);
        assert.equal(requests.length, 2);
      },
    ),
  ));

for (const [name, status, text, message] of [
  ['a refusal', 401, '{}', /401.*accept its licence.*HF_TOKEN/],
  ['nothing of that name', 404, '', /has no tokenizer\.json/],
  ['a login page', 200, '<html>', /not JSON/],
  ['a fault', 503, '', /503\. Try again/],
] as const)
  test(`a hub that answers with ${name} is one clear error and leaves no file`, () =>
    withFolder((modelCache) =>
      withServer(
        (_, response) => response.writeHead(status).end(text),
        async (hubUrl) => {
          const options = { modelCache, allowDownload: true, hubUrl };
          await assert.rejects(hubTokenizerFile('org/model', options), {
            code: 'no_tokenizer',
            message,
          });
          assert.deepEqual(await readdir(modelCache), []);
        },
      ),
    ));
