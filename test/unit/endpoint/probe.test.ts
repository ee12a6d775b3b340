import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import { systemClock } from '../../../src/clock.ts';
import { askServer } from '../../../src/endpoint/askServer.ts';
import type { EndpointProfile } from '../../../src/endpoint/endpointProfile.ts';
import { probeEndpoint } from '../../../src/endpoint/probe.ts';
import {
  isUsable,
  probeLine,
  probeResultSchema,
  type CheckName,
  type ProbeResult,
} from '../../../src/endpoint/probeResult.ts';
import { startScriptedServer } from '../../support/startServer.ts';
import {
  EMULATIONS,
  startEmulatedServer,
  type EmulatedServer,
  type Emulation,
} from '../../support/emulatedServer.ts';

const KEY = 'sk-secret-4711';

async function emulated(t: TestContext, emulation: Emulation): Promise<EmulatedServer> {
  const server = await startEmulatedServer(emulation);
  t.after(server.close);
  return server;
}

async function probe(
  profile: Omit<EndpointProfile, 'limits'>,
  options: { apiKey?: string; model?: string; signal?: AbortSignal } = {},
): Promise<ProbeResult> {
  const signal = options.signal ?? new AbortController().signal;
  const ask = askServer(options.apiKey, signal);
  const checks = probeEndpoint(
    { ...profile, limits: { maxConcurrency: 8 } },
    { ask, clock: systemClock, apiKey: options.apiKey },
    { model: options.model, signal },
  );
  const told = [];
  for (;;) {
    const step = await checks.next();
    if (step.done) {
      assert.deepEqual(step.value.checks, told, 'each check is told as it is found');
      return probeResultSchema.parse(JSON.parse(JSON.stringify(step.value)));
    }
    told.push(step.value);
  }
}

function outcomes({ checks }: ProbeResult): Partial<Record<CheckName, string>> {
  return Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]));
}

function words({ checks }: ProbeResult, of: CheckName): string {
  return checks.find(({ name }) => name === of)?.words ?? '';
}

describe('A test of an endpoint', () => {
  test('finds what vLLM can do, and its prefix cache where it tells no cached tokens', async (t) => {
    const server = await emulated(t, EMULATIONS.vllm);
    const result = await probe({ baseUrl: server.url });
    assert.deepEqual(result.capabilities, {
      server: 'vllm',
      contextTokens: 131072,
      n: true,
      seed: true,
      logprobs: true,
      prefixCache: true,
      stream: true,
      tokenize: true,
      maxTokensField: 'max_tokens',
    });
    assert.match(words(result, 'prefix_cache'), /by the settings of the server/);
    assert.equal(probeLine(result), 'vLLM 0.11.2, m there, 131K context, prefix cache on');
    assert.ok(isUsable(result));
  });

  test('sees cached tokens of a prompt that was asked before', async (t) => {
    const server = await emulated(t, EMULATIONS['vllm that tells cached tokens']);
    const result = await probe({ baseUrl: server.url });
    assert.match(words(result, 'prefix_cache'), /^[\d,]+ cached tokens told/);
  });

  test('says that a vLLM without prefix cache computes each prompt anew', async (t) => {
    const server = await emulated(t, EMULATIONS['vllm without a prefix cache']);
    assert.equal((await probe({ baseUrl: server.url })).capabilities.prefixCache, false);
  });

  test('knows SGLang, and takes its context length from the list where its settings leave it open', async (t) => {
    const server = await emulated(t, EMULATIONS.sglang);
    const result = await probe({ baseUrl: server.url });
    assert.equal(result.capabilities.server, 'sglang');
    assert.equal(result.capabilities.contextTokens, 32768);
    assert.match(words(result, 'server'), /^SGLang 0\.5\.4$/);
  });

  test('knows llama.cpp, the context of a slot and not of the training, its cache and its way to count', async (t) => {
    const server = await emulated(t, EMULATIONS['llama.cpp']);
    const { capabilities } = await probe({ baseUrl: server.url });
    assert.equal(capabilities.server, 'llama.cpp');
    assert.equal(capabilities.contextTokens, 8192);
    assert.equal(capabilities.prefixCache, true);
    assert.equal(capabilities.tokenize, true);
  });

  test('asks OpenAI by its own name for the longest completion, and sees that seeds do not hold', async (t) => {
    const server = await emulated(t, EMULATIONS.openai);
    const result = await probe({ baseUrl: server.url }, { model: 'gpt-4o' });
    assert.equal(result.capabilities.maxTokensField, 'max_completion_tokens');
    assert.equal(result.capabilities.seed, false);
    assert.equal(result.capabilities.tokenize, false);
    assert.equal(outcomes(result).context, 'unknown');
    assert.ok(!server.asked.includes('GET /props'), 'a hosted server is not asked for more');
  });

  test('sees a server that ignores n', async (t) => {
    const server = await emulated(t, EMULATIONS['ollama, which ignores n']);
    const result = await probe({ baseUrl: server.url });
    assert.equal(result.capabilities.n, false);
    assert.equal(result.capabilities.logprobs, false);
    assert.match(words(result, 'n'), /ignored: 1 came where 2 were asked for/);
    assert.ok(isUsable(result));
    assert.match(probeLine(result), /^Ollama 0\.12\.6, m there, .*one sample a request$/);
  });

  test('sees a server that refuses n and log probabilities, does not stream, and always says the same', async (t) => {
    const server = await emulated(t, EMULATIONS['a gateway that refuses what it does not know']);
    const result = await probe({ baseUrl: server.url });
    assert.deepEqual(outcomes(result), {
      reachable: 'yes',
      server: 'unknown',
      model: 'yes',
      context: 'unknown',
      completion: 'yes',
      n: 'no',
      seed: 'unknown',
      logprobs: 'no',
      prefix_cache: 'unknown',
      streaming: 'no',
      tokenize: 'no',
    });
    assert.equal(result.capabilities.n, false);
    assert.ok(!('seed' in result.capabilities) && !('prefixCache' in result.capabilities));
    assert.ok(isUsable(result));
  });

  test('tells the embedded server as it is', async (t) => {
    const server = await startScriptedServer();
    t.after(server.close);
    const result = await probe({ baseUrl: `${server.url}/v1` });
    assert.ok(isUsable(result), JSON.stringify(result.checks));
    assert.equal(result.capabilities.server, 'sealong');
    assert.equal(result.capabilities.n, true);
    assert.equal(result.capabilities.seed, true);
    assert.equal(result.capabilities.prefixCache, true);
  });

  test('counts what it spent, as the server counted it', async (t) => {
    const server = await emulated(t, EMULATIONS.vllm);
    const { spent } = await probe({ baseUrl: server.url });
    assert.equal(spent.requests, 3);
    assert.equal(spent.completion_tokens, 8 + 16 + 8);
    assert.ok(
      spent.prompt_tokens > 3000 && spent.prompt_tokens < 7000,
      String(spent.prompt_tokens),
    );
  });

  test('tests the model that is named, and says which there are where it is not there', async (t) => {
    const server = await emulated(t, { ...EMULATIONS.vllm, models: ['a', 'b'] });
    const missing = await probe({ baseUrl: server.url, model: 'c' });
    assert.equal(outcomes(missing).model, 'problem');
    assert.match(words(missing, 'model'), /c is not there\. The server has: a, b/);
    assert.equal(missing.spent.requests, 0);
    assert.match(probeLine(missing), /^Model: c is not there/);
    const open = await probe({ baseUrl: server.url });
    assert.match(words(open, 'model'), /has several; name one/);
    assert.equal((await probe({ baseUrl: server.url, model: 'c' }, { model: 'b' })).model, 'b');
  });

  test('looks at each replica: one that is gone or serves another model is a problem', async (t) => {
    const first = await emulated(t, EMULATIONS.vllm);
    const same = await emulated(t, EMULATIONS.vllm);
    const other = await emulated(t, { ...EMULATIONS.vllm, models: ['other'] });
    const good = await probe({ baseUrl: first.url, replicas: [same.url] });
    assert.equal(outcomes(good).replica, 'yes');
    assert.ok(!same.asked.includes('POST /v1/chat/completions'));
    const bad = await probe({ baseUrl: first.url, replicas: [other.url] });
    assert.match(words(bad, 'replica'), /serves other models \(other\)/);
    await same.close();
    const gone = await probe({ baseUrl: first.url, replicas: [same.url] });
    assert.match(words(gone, 'replica'), /nothing listens there/);
  });

  test('sends the key and never tells it, also where the server repeats it', async (t) => {
    const server = await emulated(t, { ...EMULATIONS.vllm, key: KEY });
    assert.ok(isUsable(await probe({ baseUrl: server.url }, { apiKey: KEY })));
    assert.ok(server.keys.every((key) => key === `Bearer ${KEY}`));
    const wrong = await probe({ baseUrl: server.url }, { apiKey: 'sk-wrong-0815' });
    assert.equal(outcomes(wrong).reachable, 'problem');
    assert.match(words(wrong, 'reachable'), /refused the key \(401\).*SEALONG_API_KEY/);
    assert.ok(!JSON.stringify(wrong).includes('sk-wrong-0815'));
  });

  test('goes on where a single answer breaks off, and says what could not be seen', async (t) => {
    const server = await emulated(t, { ...EMULATIONS.vllm, stream: 'broken' });
    const result = await probe({ baseUrl: server.url });
    assert.equal(outcomes(result).streaming, 'no');
    assert.match(words(result, 'streaming'), /broke off in the middle/);
    assert.equal(outcomes(result).seed, 'unknown');
    assert.equal(outcomes(result).tokenize, 'yes');
    assert.ok(isUsable(result));
  });

  for (const [what, status, body, told] of [
    ['a web page', 200, '<html>Welcome</html>', /not as an OpenAI-compatible server.*a web page/],
    ['another API', 200, '{"hello": 1}', /not as an OpenAI-compatible server/],
    ['an error', 500, '{"error": {"message": "out of memory"}}', /failed \(500: out of memory\)/],
  ] as const)
    test(`says what answers where it is ${what}`, async (t) => {
      const server = createServer((_, response) => response.writeHead(status).end(body));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      t.after(() => server.close());
      const { port } = server.address() as AddressInfo;
      const result = await probe({ baseUrl: `http://127.0.0.1:${port}/v1` });
      assert.deepEqual(outcomes(result), { reachable: 'problem' });
      assert.match(words(result, 'reachable'), told);
    });

  test('does not follow a redirect', async (t) => {
    const other = await emulated(t, EMULATIONS.vllm);
    const server = createServer((_, response) =>
      response.writeHead(307, { location: `${other.url}/models` }).end(),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const result = await probe({ baseUrl: `http://127.0.0.1:${port}/v1` }, { apiKey: KEY });
    assert.match(words(result, 'reachable'), /redirects to another address/);
    assert.deepEqual(other.asked, []);
  });

  test('ends at once where it is cancelled', async () => {
    const cancel = new AbortController();
    const server = createServer(() => {
      cancel.abort(new Error('enough'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await assert.rejects(
        probe({ baseUrl: `http://127.0.0.1:${port}/v1` }, { signal: cancel.signal }),
        /enough/,
      );
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
