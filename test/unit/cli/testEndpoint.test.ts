import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommand } from '../../../src/cli/arguments.ts';
import { testEndpoint } from '../../../src/cli/testEndpoint.ts';
import { EndpointMemory } from '../../../src/endpoint/endpointMemory.ts';
import { SealongError } from '../../../src/errors.ts';
import { EMULATIONS, startEmulatedServer } from '../../support/emulatedServer.ts';
import { withFolder } from '../../support/temporary.ts';

const environment = {
  modelCache: '',
  allowDownload: false,
  embeddingWorker: '',
  apiKey: 'sk-secret-4711',
};

test('the command line names the server and the model to test', () => {
  const command = parseCommand(['test-endpoint', '--endpoint', 'http://a:1', '--model', 'm']);
  assert.deepEqual(command, {
    kind: 'testEndpoint',
    endpoints: ['http://a:1'],
    concurrency: undefined,
    model: 'm',
  });
  for (const wrong of [['study'], ['--set', 'a=1'], ['--concurrency', '3']])
    assert.throws(() => parseCommand(['test-endpoint', '--endpoint', 'http://a:1', ...wrong]), {
      code: 'usage',
    });
});

test('each finding is told as a line with a word, and kept; the key is in none', async (t) => {
  const server = await startEmulatedServer({ ...EMULATIONS.vllm, key: environment.apiKey });
  t.after(server.close);
  const lines: string[] = [];
  await withFolder(async (cache) => {
    const result = await testEndpoint(
      { ...environment, endpoint: { baseUrl: server.url, limits: { maxConcurrency: 8 } } },
      {
        model: undefined,
        cache,
        signal: new AbortController().signal,
        tell: (line) => lines.push(line),
      },
    );
    assert.equal(result.capabilities.n, true);
    assert.deepEqual((await new EndpointMemory(cache).probe(server.url))?.checks, result.checks);
    assert.match(lines[0] ?? '', /3 to 5 short requests/);
    assert.match(
      lines.at(-1) ?? '',
      /^Spent: 3 requests, [\d,]+ prompt and 32 completion tokens\.$/,
    );
    assert.ok(
      lines.includes('yes     Model                           m is there'),
      lines.join('\n'),
    );
    assert.ok(!JSON.stringify([lines, result]).includes(environment.apiKey));
  });
});

test('a server that cannot be sampled fails the command with what is wrong', async () => {
  await withFolder(async (cache) => {
    const tested = testEndpoint(
      {
        ...environment,
        endpoint: { baseUrl: 'http://127.0.0.1:9/v1', limits: { maxConcurrency: 8 } },
      },
      { model: 'm', cache, signal: new AbortController().signal, tell: () => undefined },
    );
    await assert.rejects(tested, (error: unknown) => {
      assert.ok(error instanceof SealongError && error.code === 'endpoint_unusable');
      assert.match(error.message, /127\.0\.0\.1:9.*Could not reach/);
      return true;
    });
  });
});
