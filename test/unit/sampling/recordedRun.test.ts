import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../../src/clock.ts';
import { openaiClient } from '../../../src/sampling/openaiClient.ts';
import { samplingOf } from '../../../src/sampling/parameters.ts';
import { sample } from '../../../src/sampling/sample.ts';
import { RunCancelled, runStage } from '../../../src/stage.ts';
import { lockStage } from '../../../src/study/lock.ts';
import { unfinishedRun } from '../../../src/study/runRecord.ts';
import type { Study } from '../../../src/study/study.ts';
import { startSimulatedServer } from '../../support/simulatedServer.ts';
import { studyWith } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';

const KEY = 'sk-never-to-be-seen-4711';

/** Samples until the first sample came, and then does what the test says. */
async function run(
  study: Study,
  url: string,
  during: (stop: AbortController) => void | Promise<void> = () => undefined,
): Promise<unknown> {
  const stop = new AbortController();
  const client = openaiClient({ baseUrl: url, apiKey: KEY });
  let told = false;
  return runStage(
    sample(
      study,
      { client, clock: systemClock },
      {
        concurrency: 2,
        maxChoices: 1,
        origin: {
          endpoint: { name: 'lab', base_url: url },
          settings: [{ path: ['sampling', 'n'], value: 8 }],
        },
        signal: stop.signal,
      },
    ),
    (event) => {
      if (told || event.type !== 'progress' || event.done === 0) return;
      told = true;
      void during(stop);
    },
  ).catch((error: unknown) => error);
}

async function withStudy(
  use: (study: Study, server: { url: string; close: () => Promise<void> }) => Promise<void>,
): Promise<void> {
  const server = await startSimulatedServer({ decodeMs: 30 });
  try {
    await withFolder(async (folder) => {
      await use(await studyWith(folder, ['a', 'b'], ['sampling.n=8']), server);
    });
  } finally {
    await server.close();
  }
}

test('while samples are taken a record says where and with what, and it is gone when all are there', async () => {
  await withStudy(async (study, { url }) => {
    const { hash } = await samplingOf(study);
    let seen: ReturnType<typeof unfinishedRun> | undefined;
    let text = '';
    await run(study, url, async () => {
      seen = unfinishedRun(study);
      text = await readFile(join(study.paths.local, 'sample.run.json'), 'utf8');
    });
    const { record, running } = (await seen) ?? {};
    assert.equal(running, true);
    assert.deepEqual(record?.endpoint, { name: 'lab', base_url: url });
    assert.deepEqual([record.sampling, record.offered], [hash, false]);
    assert.deepEqual(record.settings, [{ path: ['sampling', 'n'], value: 8 }]);
    assert.ok(text !== '' && !text.includes(KEY));
    assert.equal(await unfinishedRun(study), undefined);
  });
});

test('a run that fails leaves its record with the reason', async () => {
  await withStudy(async (study, server) => {
    await run(study, server.url, (stop) => {
      stop.abort(new Error('The window was closed.'));
    });
    assert.equal((await unfinishedRun(study))?.record.stopped, undefined, 'it only broke off');
    await server.close();
    const failure = await run(study, server.url);
    assert.match(String(failure), /nothing listens there/);
    const left = await unfinishedRun(study);
    assert.equal(left?.running, false);
    assert.match(
      left.record.stopped ?? 'it broke off before it could be refused',
      /broke off|listens/,
    );
  });
});

test('a run that the user cancels leaves nothing to go on with', async () => {
  await withStudy(async (study, { url }) => {
    await run(study, url, (stop) => {
      stop.abort(new RunCancelled('Cancelled in the editor.'));
    });
    assert.equal(await unfinishedRun(study), undefined);
  });
});

test('one that is refused since another runs does not touch the record of that one', async () => {
  await withStudy(async (study, { url }) => {
    await run(study, url, (stop) => {
      stop.abort(new Error('The window was closed.'));
    });
    const before = await unfinishedRun(study);
    const unlock = await lockStage(study, 'sample');
    assert.match(String(await run(study, url)), /Another "sample" runs/);
    await unlock();
    assert.deepEqual(await unfinishedRun(study), before);
  });
});
