import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { EndpointMemory } from '../../../src/endpoint/endpointMemory.ts';
import type { ProbeResult } from '../../../src/endpoint/probeResult.ts';
import { withFolder } from '../../support/temporary.ts';

const LAB = 'https://lab.example:8000/v1';

const found: ProbeResult = {
  base_url: LAB,
  model: 'm',
  checks: [{ name: 'n', outcome: 'no', words: 'ignored' }],
  capabilities: { n: false, contextTokens: 131072 },
  models: ['m'],
  spent: { requests: 3, prompt_tokens: 10, completion_tokens: 2, uncounted: 0 },
  tested_at: '2026-01-01T00:00:00.000Z',
};
const rate = {
  base_url: LAB,
  model: 'm',
  samples_per_second: 6.1,
  prompt_tokens: 18000,
  measured_at: '2026-01-01T00:00:00.000Z',
};

test('what was found out about an endpoint is known by its address alone', async () => {
  await withFolder(async (folder) => {
    const memory = new EndpointMemory(folder);
    assert.equal(await memory.probe(LAB), undefined);
    await memory.keepProbe(found);
    await memory.keepRate(rate);
    assert.deepEqual(await new EndpointMemory(folder).probe(LAB), found);
    assert.deepEqual(await memory.rate(LAB, 'm'), rate);
    assert.equal(await memory.probe('https://other.example/v1'), undefined);
  });
});

test('another model takes over what holds for the server, not its context length or rate', async () => {
  await withFolder(async (folder) => {
    const memory = new EndpointMemory(folder);
    await memory.keepProbe(found);
    await memory.keepRate(rate);
    assert.deepEqual(await memory.capabilities(LAB, 'm'), { n: false, contextTokens: 131072 });
    assert.deepEqual(await memory.capabilities(LAB, 'other'), { n: false });
    assert.equal(await memory.rate(LAB, 'other'), undefined);
  });
});

test('a file that is damaged or of another version counts as none, and is written anew', async () => {
  await withFolder(async (folder) => {
    const memory = new EndpointMemory(folder);
    await memory.keepProbe(found);
    const endpoints = join(folder, 'endpoints');
    const [file] = await readdir(endpoints);
    for (const damaged of ['{"base_url": ', '{"base_url": "x", "checks": "none"}', '']) {
      await writeFile(join(endpoints, String(file)), damaged);
      assert.equal(await memory.probe(LAB), undefined);
      assert.deepEqual(await memory.capabilities(LAB, 'm'), {});
    }
    await memory.keepProbe(found);
    assert.deepEqual(await memory.probe(LAB), found);
  });
});

test('a test that did not come through leaves what an earlier one had found', async () => {
  await withFolder(async (folder) => {
    const memory = new EndpointMemory(folder);
    await memory.keepProbe(found);
    const down = { name: 'reachable', outcome: 'problem', words: 'nothing listens there' } as const;
    await memory.keepProbe({ ...found, checks: [down], capabilities: {} });
    assert.deepEqual((await memory.probe(LAB))?.checks, [down]);
    assert.deepEqual((await memory.probe(LAB))?.capabilities, found.capabilities);
  });
});
