import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommand } from '../../../src/cli/arguments.ts';
import { EndpointMemory } from '../../../src/endpoint/endpointMemory.ts';
import type { ProbeResult } from '../../../src/endpoint/probeResult.ts';
import { runNamedStage } from '../../../src/stages.ts';
import type { StageProgress } from '../../../src/stage.ts';
import { parseSetting } from '../../../src/study/loadConfig.ts';
import {
  EMULATIONS,
  startEmulatedServer,
  type EmulatedServer,
} from '../../support/emulatedServer.ts';
import { studyWith } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';

const settings = ['sampling.n=4', 'sampling.model=m', 'sampling.max_tokens=100'].map(parseSetting);

/** Samples two questions on a server of which `found` is known, and returns what was reported. */
async function sampled(
  found: Partial<ProbeResult>,
  options: { tokenLimit?: number } = {},
): Promise<{ server: EmulatedServer; first: StageProgress | undefined; error: unknown }> {
  const server = await startEmulatedServer(EMULATIONS['ollama, which ignores n']);
  try {
    return await withFolder(async (folder) => {
      const { dir } = await studyWith(folder, ['a', 'b']);
      await new EndpointMemory(folder).keepProbe({
        base_url: server.url,
        model: 'm',
        checks: [],
        capabilities: {},
        models: ['m'],
        spent: { requests: 0, prompt_tokens: 0, completion_tokens: 0, uncounted: 0 },
        tested_at: '2026-01-01T00:00:00.000Z',
        ...found,
      });
      const stage = runNamedStage(
        { verb: 'sample', study: dir, settings, ...options },
        {
          endpoint: { baseUrl: server.url, limits: { maxConcurrency: 4 } },
          endpointCache: folder,
          modelCache: folder,
          allowDownload: false,
          embeddingWorker: '',
        },
        new AbortController().signal,
      );
      let first: StageProgress | undefined;
      let error: unknown;
      try {
        for await (const event of stage) if (event.type === 'progress') first ??= event;
      } catch (thrown) {
        error = thrown;
      }
      return { server, first, error };
    });
  } finally {
    await server.close();
  }
}

test('what a test found is used: a server that ignores n is not asked for several', async () => {
  const known = await sampled({ capabilities: { n: false } });
  assert.equal(known.error, undefined);
  assert.deepEqual([...new Set(known.server.choices)], [1]);
  const unknown = await sampled({});
  assert.ok(
    unknown.server.choices.some((n) => n > 1),
    'it has to be found out otherwise',
  );
});

test('the first progress says what there is to do, by what is known of the server', async () => {
  const { first } = await sampled({ capabilities: { prefixCache: false } });
  assert.equal(first?.estimate?.samples, 8);
  assert.match(first.estimate.text, /^8 samples, 864 prompt tokens, since the server caches none/);
  assert.match(
    (await sampled({})).first?.estimate?.text ?? '',
    /216 prompt tokens if cached \(864/,
  );
});

test('above the limit nothing is asked of the server', async () => {
  const { server, error } = await sampled({}, { tokenLimit: 1000 });
  assert.ok(error instanceof Error);
  assert.match(error.message, /may take 1,016 tokens, and the limit is 1,000/);
  assert.deepEqual(server.asked, []);
  assert.equal((await sampled({}, { tokenLimit: 1016 })).error, undefined);
});

test('the command line sets the limit', () => {
  const command = parseCommand(['sample', 's', '--token-limit', '5000000']);
  assert.ok(command.kind === 'stage' && command.request.verb === 'sample');
  assert.equal(command.request.tokenLimit, 5_000_000);
  assert.throws(() => parseCommand(['sample', 's', '--token-limit', '5M']), { code: 'usage' });
});
