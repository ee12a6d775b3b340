import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { systemClock, type Clock } from '../../src/clock.ts';
import { SealongError } from '../../src/errors.ts';
import { readAllRecords } from '../../src/records/jsonl.ts';
import { trajectorySchema, type TrajectoryRecord } from '../../src/records/schemas.ts';
import { openaiClient } from '../../src/sampling/openaiClient.ts';
import { sample, type SampleSummary } from '../../src/sampling/sample.ts';
import { runStage } from '../../src/stage.ts';
import type { Study } from '../../src/study/study.ts';
import { startFaultyServer, type Fault } from './faultyServer.ts';
import { studyWith } from './study.ts';
import { withFolder } from './temporary.ts';

export const KEY = 'sk-never-to-be-seen-4711';
const QUESTIONS = ['a', 'b', 'c'];
export const N = 4;

/** Waits are not waited for, only noted. */
export function quickClock(slept: number[] = []): Clock {
  return {
    now: systemClock.now,
    sleep: (ms, signal) => {
      slept.push(ms);
      signal?.throwIfAborted();
      return Promise.resolve();
    },
  };
}

/** One of both. */
interface Outcome {
  summary?: SampleSummary;
  error?: SealongError;
}

interface Ran {
  outcome: Outcome;
  records: TrajectoryRecord[];
  warnings: string[];
  slept: number[];
}

/** Samples once; whatever comes of it, the key is in nothing that was said or written. */
export async function run(
  study: Study,
  url: string,
  {
    clock,
    maxChoices = 1,
    timeoutMs = 60_000,
  }: { clock?: Clock; maxChoices?: number; timeoutMs?: number } = {},
): Promise<Ran> {
  const slept: number[] = [];
  const warnings: string[] = [];
  const client = openaiClient({ baseUrl: url, apiKey: KEY, timeoutMs });
  const outcome = await runStage(
    sample(
      study,
      { client, clock: clock ?? quickClock(slept) },
      { concurrency: Math.max(2, maxChoices), maxChoices, signal: new AbortController().signal },
    ),
    (event) => {
      if (event.type === 'warning') warnings.push(event.message);
    },
  ).then(
    (summary): Outcome => ({ summary }),
    (error: unknown): Outcome => {
      assert.ok(error instanceof SealongError, inspect(error));
      return { error };
    },
  );
  const said = inspect({ outcome, warnings }, { depth: 20, showHidden: true });
  assert.doesNotMatch(said, new RegExp(KEY));
  for (const file of await readdir(study.dir, { recursive: true, withFileTypes: true }))
    if (file.isFile())
      assert.ok(!(await readFile(join(file.parentPath, file.name), 'utf8')).includes(KEY));
  return { outcome, records: await trajectories(study), warnings, slept };
}

async function trajectories(study: Study): Promise<TrajectoryRecord[]> {
  const { records, problems } = await readAllRecords(study.paths.trajectories, trajectorySchema);
  assert.deepEqual(problems, []);
  return records.map(({ value }) => value);
}

export async function withFault<T>(
  faultOf: (request: number) => Fault,
  use: (study: Study, url: string, requests: () => number) => Promise<T>,
  options: Parameters<typeof startFaultyServer>[1] = {},
): Promise<T> {
  return withFolder(async (folder) => {
    const study = await studyWith(folder, QUESTIONS, [`sampling.n=${N}`]);
    const server = await startFaultyServer(faultOf, options);
    try {
      return await use(study, server.url, () => server.requests);
    } finally {
      await server.close();
    }
  });
}

export function assertComplete(records: readonly TrajectoryRecord[]): void {
  const keys = records.map((record) => `${record.question_id} ${record.index}`).sort();
  const wanted = QUESTIONS.flatMap((id) =>
    Array.from({ length: N }, (_, index) => `${id} ${index}`),
  );
  assert.deepEqual(keys, wanted.sort());
}

export const withStatus =
  (status: number, headers: Record<string, string> = {}): Fault =>
  (response, _body, request) => {
    // Servers repeat what they were sent.
    const message = `Failed for ${request.headers.authorization ?? ''}`;
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify({ error: { message } }));
  };
