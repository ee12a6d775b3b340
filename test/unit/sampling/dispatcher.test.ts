import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../../src/clock.ts';
import { readAllRecords } from '../../../src/records/jsonl.ts';
import { trajectorySchema, type TrajectoryRecord } from '../../../src/records/schemas.ts';
import { openaiClient } from '../../../src/sampling/openaiClient.ts';
import { sample } from '../../../src/sampling/sample.ts';
import { runStage, type SamplingProgress } from '../../../src/stage.ts';
import { parseSetting } from '../../../src/study/loadConfig.ts';
import { initStudy, type Study } from '../../../src/study/study.ts';
import {
  startSimulatedServer,
  type SimulatedServer,
  type SimulatedServerOptions,
} from '../../support/simulatedServer.ts';
import { questionRecord, writeRecords } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';

/** A study of questions with contexts of about this many tokens. */
async function longStudy(folder: string, questions: number, n: number): Promise<Study> {
  const study = await initStudy(
    folder,
    ['sampling.model=scripted', `sampling.n=${n}`, 'sampling.max_tokens=64'].map(parseSetting),
  );
  await writeRecords(
    study.paths.questions,
    Array.from({ length: questions }, (_, at) => {
      const record = questionRecord(`q${at}`);
      return { ...record, context: `${record.context} ${'More words. '.repeat(300)}` };
    }),
  );
  return study;
}

async function withServers<T>(
  all: readonly SimulatedServerOptions[],
  use: (servers: readonly SimulatedServer[]) => Promise<T>,
): Promise<T> {
  const servers = await Promise.all(all.map((options) => startSimulatedServer(options)));
  try {
    return await use(servers);
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}

async function run(
  study: Study,
  servers: readonly { url: string }[],
  options: {
    concurrency?: number;
    maxChoices?: number;
    onProgress?: (p: SamplingProgress) => void;
  } = {},
) {
  const [client, ...replicas] = servers.map(({ url }) => openaiClient({ baseUrl: url }));
  assert.ok(client);
  const { concurrency = 64, maxChoices, onProgress } = options;
  return runStage(
    sample(
      study,
      { client, replicas, clock: systemClock },
      { concurrency, maxChoices, signal: new AbortController().signal },
    ),
    (event) => {
      if (event.type === 'progress' && event.sampling) onProgress?.(event.sampling);
    },
  );
}

async function trajectories(study: Study): Promise<TrajectoryRecord[]> {
  const { records } = await readAllRecords(study.paths.trajectories, trajectorySchema);
  return records.map(({ value }) => value);
}

async function assertComplete(study: Study, questions: number, n: number): Promise<void> {
  const keys = (await trajectories(study)).map((record) => `${record.question_id} ${record.index}`);
  assert.equal(keys.length, questions * n);
  assert.equal(new Set(keys).size, questions * n);
}

/** Prompt tokens where each prompt is computed once. */
async function idealTokens(study: Study, servers: readonly SimulatedServer[]): Promise<number> {
  const perPrompt = new Map<string, number>();
  const [record] = await trajectories(study);
  assert.ok(record?.prompt_tokens);
  for (const { asked } of servers)
    for (const { prompt } of asked) perPrompt.set(prompt, record.prompt_tokens);
  return [...perPrompt.values()].reduce((sum, tokens) => sum + tokens, 0);
}

const WAYS: readonly [string, SimulatedServerOptions][] = [
  ['gives several choices and caches no prefix', { cacheTokens: 0 }],
  ['gives several choices without streaming', { stream: 'ignored' }],
  ['ignores n, streams', { n: 'ignored' }],
  ['ignores n and does not stream', { n: 'ignored', stream: 'ignored' }],
  ['ignores n and caches few prompts', { n: 'ignored', cacheTokens: 12_000 }],
];
for (const [what, ways] of WAYS)
  test(`each prompt is computed once at 64 in flight by a server that ${what}`, async () => {
    await withFolder((folder) =>
      withServers([{ prefillTokensPerMs: 200, decodeMs: 25, ...ways }], async (servers) => {
        const study = await longStudy(folder, 24, 32);
        const summary = await run(study, servers);
        assert.equal(summary.added, 24 * 32);
        await assertComplete(study, 24, 32);
        const ideal = await idealTokens(study, servers);
        const computed = servers.reduce((sum, { computedTokens }) => sum + computedTokens, 0);
        // The last token of a cached prompt is computed each time, as servers do.
        const again = servers.reduce((sum, { asked }) => sum + asked.length, 0);
        assert.ok(computed - again <= ideal * 1.05, `${computed} of ${ideal}`);
        assert.ok(servers.every(({ mostInFlight }) => mostInFlight <= 64));
      }),
    );
  });

test('two replicas share the questions, and each prompt is computed on one of them', async () => {
  await withFolder((folder) =>
    withServers(
      [
        { n: 'ignored', prefillTokensPerMs: 200, decodeMs: 20 },
        { n: 'ignored', prefillTokensPerMs: 200, decodeMs: 20 },
      ],
      async (servers) => {
        const study = await longStudy(folder, 20, 16);
        await run(study, servers, { concurrency: 32 });
        await assertComplete(study, 20, 16);
        const [a, b] = servers.map(({ asked }) => new Set(asked.map(({ prompt }) => prompt)));
        assert.ok(a && b);
        assert.equal(a.size + b.size, 20, 'no question is asked at both');
        assert.ok(Math.min(a.size, b.size) >= 5, `${a.size} and ${b.size}`);
      },
    ),
  );
});

test('questions of a replica that dies move on to the other, and it is asked again once it is back', async () => {
  await withFolder(async (folder) => {
    const study = await longStudy(folder, 24, 16);
    await withServers([{ n: 'ignored', decodeMs: 30 }], async ([alive]) => {
      assert.ok(alive);
      const dying = await startSimulatedServer({ n: 'ignored', decodeMs: 30 });
      const port = Number(new URL(dying.url).port);
      let back: SimulatedServer | undefined;
      let killed = false;
      const summary = await run(study, [alive, dying], {
        concurrency: 8,
        onProgress: () => {
          if (killed || dying.asked.length < 4) return;
          killed = true;
          void dying.close().then(async () => {
            // Long enough to be missed.
            await delay(500);
            back = await startSimulatedServer({ n: 'ignored', decodeMs: 30 }, port);
          });
        },
      });
      await back?.close();
      assert.equal(summary.added, 384);
      await assertComplete(study, 24, 16);
      assert.ok(Object.keys(summary.errors).length > 0);
      assert.ok((back?.asked.length ?? 0) > 0, 'it is used again');
      const retried = (await trajectories(study)).filter(({ attempts = 1 }) => attempts > 1);
      assert.ok(retried.length > 0);
      for (const { attempts, failed_attempts: failed } of retried)
        assert.equal(failed?.length, (attempts ?? 0) - 1);
    });
  });
});

test('a replica that is down from the start is told of, and the other does its work', async () => {
  await withFolder((folder) =>
    withServers([{}], async ([alive]) => {
      assert.ok(alive);
      const study = await longStudy(folder, 4, 4);
      const down = await startSimulatedServer();
      await down.close();
      const summary = await run(study, [down, alive]);
      assert.equal(summary.added, 16);
    }),
  );
});

test('the same study gives the same texts on a server that honours seeds, whatever the concurrency', async () => {
  const texts: string[] = [];
  for (const concurrency of [64, 5])
    await withFolder((folder) =>
      withServers([{ n: 'ignored', decodeMs: 1 }], async (servers) => {
        const study = await longStudy(folder, 3, 8);
        await run(study, servers, { concurrency });
        const all = (await trajectories(study)).map((r) => `${r.question_id} ${r.index} ${r.text}`);
        texts.push(all.sort().join('\n'));
      }),
    );
  assert.equal(texts[0], texts[1]);
});

test('a run in pieces gives what one run gives where each sample has a request of its own', async () => {
  const texts: string[] = [];
  for (const pieces of [[8], [3, 5, 8]])
    await withFolder((folder) =>
      withServers([{}], async (servers) => {
        const study = await longStudy(folder, 2, 8);
        for (const n of pieces) {
          study.config.sampling.n = n;
          await run(study, servers, { maxChoices: 1 });
        }
        const all = (await trajectories(study)).map((r) => `${r.question_id} ${r.index} ${r.text}`);
        texts.push(all.sort().join('\n'));
      }),
    );
  assert.equal(texts[0], texts[1]);
});

for (const usage of ['continuous', 'final', 'of one choice'] as const)
  test(`tokens of each choice are known from a stream whose usage is ${usage}`, async () => {
    await withFolder((folder) =>
      withServers([{ usage }], async (servers) => {
        const study = await longStudy(folder, 2, 8);
        const summary = await run(study, servers);
        const records = await trajectories(study);
        for (const { text, completion_tokens: tokens, choice } of records) {
          assert.equal(tokens, text.split(' ').length + 1);
          assert.equal(choice?.of, 8);
        }
        const all = records.reduce((sum, record) => sum + (record.completion_tokens ?? 0), 0);
        assert.equal(summary.completion_tokens, all);
        assert.equal(summary.prompt_tokens, 2 * (records[0]?.prompt_tokens ?? 0));
        assert.equal(servers[0]?.asked.length, 2, 'one request a question');
      }),
    );
  });

test('a server with few slots is not given many more samples than it has', async () => {
  await withFolder((folder) =>
    withServers([{ n: 'ignored', slots: 8, decodeMs: 5 }], async (servers) => {
      const study = await longStudy(folder, 16, 32);
      const limits: number[] = [];
      await run(study, servers, {
        concurrency: 256,
        onProgress: ({ limit }) => limits.push(limit),
      });
      // How many those are, and how soon, is held where time is simulated: here others compute beside.
      const last = limits.at(-2) ?? Infinity;
      assert.ok(last < 256, `limit ${last}`);
    }),
  );
});
