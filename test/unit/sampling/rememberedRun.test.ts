import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { EndpointMemory } from '../../../src/endpoint/endpointMemory.ts';
import { estimateSampling } from '../../../src/sampling/estimate.ts';
import { rememberedRun } from '../../../src/sampling/rememberedRun.ts';
import type { Stage, StageEvent } from '../../../src/stage.ts';
import { withFolder } from '../../support/temporary.ts';

const estimate = {
  ...estimateSampling([{ contextTokens: 904, missing: 64 }], { maxTokens: 10 }),
  text: 'said',
};
const at = (done: number) => ({ type: 'progress', done, total: 64, unit: 'trajectories' }) as const;

/** A run of 64 samples that ends, or fails, after these; the clock goes on 10 s with each event. */
async function run(folder: string, events: StageEvent<object>[], failure?: Error) {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const clock = { now: () => new Date(now), sleep: () => Promise.resolve() };
  const memory = new EndpointMemory(folder);
  async function* stage(): Stage<object> {
    for (const event of events) {
      now += 10_000;
      yield await Promise.resolve(event);
    }
    if (failure) throw failure;
  }
  const told: StageEvent<object>[] = [];
  const ended = (async () => {
    for await (const event of rememberedRun(
      stage(),
      { memory, clock },
      { baseUrl: 'http://lab/v1', model: 'm' },
    ))
      told.push(event);
  })();
  await (failure ? assert.rejects(ended, failure) : ended);
  return { told, rate: await memory.rate('http://lab/v1', 'm') };
}

test('a run leaves its rate, with the length of its prompts, and passes everything on', async () => {
  await withFolder(async (folder) => {
    const events = [{ ...at(0), estimate }, at(32), at(64), { type: 'done', summary: {} }] as const;
    const { told, rate } = await run(folder, [...events]);
    assert.deepEqual(told, events);
    assert.equal(rate?.samples_per_second, 3.2);
    assert.equal(rate.prompt_tokens, 1000);
  });
});

test('a run that fails has measured a rate; one that hardly began has not', async () => {
  await withFolder(async (folder) => {
    const failure = new Error('the server went away');
    assert.equal((await run(folder, [{ ...at(0), estimate }, at(3)], failure)).rate, undefined);
    const { rate } = await run(folder, [{ ...at(0), estimate }, at(20)], failure);
    assert.equal(rate?.samples_per_second, 2);
  });
});

test('a cache that cannot be written costs the rate, and not the run', async () => {
  await withFolder(async (folder) => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const events = [{ ...at(0), estimate }, at(64), { type: 'done', summary: {} }] as const;
    const { told, rate } = await run(file, [...events]);
    assert.equal(rate, undefined);
    assert.equal(told.at(-1)?.type, 'done');
  });
});
