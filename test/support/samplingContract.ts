import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import { readAllRecords } from '../../src/records/jsonl.ts';
import { trajectorySchema, type TrajectoryRecord } from '../../src/records/schemas.ts';
import { openaiClient } from '../../src/sampling/openaiClient.ts';
import { sample } from '../../src/sampling/sample.ts';
import { runStage } from '../../src/stage.ts';
import { parseSetting } from '../../src/study/loadConfig.ts';
import { initStudy, type Study } from '../../src/study/study.ts';
import { questionRecord, writeRecords } from './study.ts';
import { withFolder } from './temporary.ts';

/** Servers to sample from: one, or the replicas of one. */
export interface SampledServers {
  urls: readonly string[];
  model: string;
  contextTokens: number;
  close: () => Promise<void>;
}

const N = 4;
const IDS = ['harbour', 'lighthouse', 'college'];

/** What sampling holds to with every server, seen through real HTTP from `sample` to `trajectories.jsonl`. */
export function samplingContract(
  name: string,
  open: () => Promise<SampledServers>,
  skip: string | false = false,
): void {
  describe(`sampling from ${name}`, { skip }, () => {
    let servers: SampledServers;
    before(async () => {
      servers = await open();
    });
    after(async () => {
      await servers.close();
    });

    const studyOf = async (folder: string, settings: readonly string[] = []): Promise<Study> => {
      const values = [
        `sampling.model=${servers.model}`,
        `sampling.n=${N}`,
        'sampling.max_tokens=12',
      ];
      const study = await initStudy(folder, [...values, ...settings].map(parseSetting));
      await writeRecords(
        study.paths.questions,
        IDS.map((id) => {
          const record = questionRecord(id, `Who built the ${id}?`);
          return {
            ...record,
            context: `${record.context} ${`Ada Morven built the ${id}. `.repeat(20)}`,
          };
        }),
      );
      return study;
    };
    const run = (
      study: Study,
      options: {
        maxChoices?: number;
        signal?: AbortSignal;
        onProgress?: (done: number) => void;
      } = {},
    ) => {
      const [client, ...replicas] = servers.urls.map((baseUrl) => openaiClient({ baseUrl }));
      assert.ok(client);
      const { maxChoices, signal = new AbortController().signal } = options;
      return runStage(
        sample(
          study,
          { client, replicas, clock: systemClock },
          { concurrency: 8, maxChoices, signal },
        ),
        (event) => {
          if (event.type === 'progress') options.onProgress?.(event.done);
        },
      );
    };
    const recordsOf = async (study: Study): Promise<TrajectoryRecord[]> => {
      const { records } = await readAllRecords(study.paths.trajectories, trajectorySchema);
      return records.map(({ value }) => value);
    };
    const textsOf = async (study: Study): Promise<string[]> =>
      (await recordsOf(study)).map((r) => `${r.question_id} ${r.index} ${r.text}`).sort();

    for (const maxChoices of [1, 32])
      test(`each sample is taken once, with its tokens, by up to ${maxChoices} choices a request`, async () => {
        await withFolder(async (folder) => {
          const study = await studyOf(folder);
          const summary = await run(study, { maxChoices });
          const records = await recordsOf(study);
          assert.equal(
            new Set(records.map((r) => `${r.question_id} ${r.index}`)).size,
            IDS.length * N,
          );
          assert.equal(records.length, IDS.length * N);
          const tokens = records.map((record) => record.completion_tokens ?? NaN);
          assert.ok(
            tokens.every((count) => count >= 1 && count <= 13),
            tokens.join(', '),
          );
          assert.equal(
            summary.completion_tokens,
            tokens.reduce((sum, count) => sum + count, 0),
          );
          assert.ok(
            records.every(({ finish_reason: reason }) => ['stop', 'length'].includes(reason)),
          );
          assert.equal((await run(study)).added, 0);
        });
      });

    for (const maxChoices of [1, 32])
      test(`each prompt is computed once, by up to ${maxChoices} choices a request`, async () => {
        await withFolder(async (folder) => {
          const study = await studyOf(folder, [`sampling.strategy=step_by_step`]);
          const { prompt_tokens: all, cached_tokens: cached } = await run(study, { maxChoices });
          const perPrompt = new Map(
            (await recordsOf(study)).map((record) => [
              record.question_id,
              record.prompt_tokens ?? 0,
            ]),
          );
          const once = [...perPrompt.values()].reduce((sum, tokens) => sum + tokens, 0);
          // The last token of a cached prompt is computed each time.
          const requests = Math.round(all / (once / IDS.length));
          assert.ok(cached !== null);
          assert.ok(all - cached <= once + requests, `${all - cached} of ${once}`);
        });
      });

    test('the same seeds give the same texts, other seeds others', async () => {
      const texts: string[][] = [];
      for (const seed of [42, 42, 7])
        await withFolder(async (folder) => {
          const study = await studyOf(folder, [`sampling.seed=${seed}`]);
          await run(study, { maxChoices: 1 });
          texts.push(await textsOf(study));
        });
      assert.deepEqual(texts[0], texts[1]);
      assert.notDeepEqual(texts[0], texts[2]);
    });

    test('a run in pieces, cut short between, gives what one run gives', async () => {
      const texts: string[][] = [];
      for (const pieces of [1, 2])
        await withFolder(async (folder) => {
          const study = await studyOf(folder);
          if (pieces === 2) {
            const stop = new AbortController();
            const cut = run(study, {
              maxChoices: 1,
              signal: stop.signal,
              onProgress: (done) => {
                if (done > 0) stop.abort(new Error('cut short'));
              },
            });
            await cut.catch((error: unknown) => {
              assert.match(String(error), /cut short/);
            });
          }
          await run(study, { maxChoices: 1 });
          texts.push(await textsOf(study));
        });
      assert.deepEqual(texts[0], texts[1]);
    });

    test('a prompt that does not fit fails with the reason, and the others are sampled', async () => {
      await withFolder(async (folder) => {
        const study = await studyOf(folder);
        const long = questionRecord('long');
        const context = 'word '.repeat(servers.contextTokens + 10);
        await writeRecords(study.paths.questions, [questionRecord('short'), { ...long, context }]);
        const summary = await run(study);
        assert.deepEqual([summary.added, summary.failed], [2 * N, N]);
        const failed = (await recordsOf(study)).filter(({ question_id: id }) => id === 'long');
        assert.ok(failed.every(({ error }) => (error ?? '').includes('does not fit')));
      });
    });

    test('a model that is not served is told before anything is asked', async () => {
      await withFolder(async (folder) => {
        const study = await studyOf(folder, ['sampling.model=another']);
        await assert.rejects(run(study), /does not serve the model "another"/);
      });
    });
  });
}
