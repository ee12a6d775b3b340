import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { z } from 'zod';
import { runStage } from '../../../src/stage.ts';
import type { StageRequest } from '../../../src/stageRequest.ts';
import { runNamedStage } from '../../../src/stages.ts';
import type { Study } from '../../../src/study/study.ts';
import { parseSetting } from '../../../src/study/loadConfig.ts';
import { readAllRecords } from '../../../src/records/jsonl.ts';
import { trajectorySchema } from '../../../src/records/schemas.ts';
import { EMULATIONS, startEmulatedServer } from '../../support/emulatedServer.ts';
import { studyWith, trajectoryRecord, writeRecords } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';

const EXPERT = ['sampling.n=1', 'sampling.temperature=0', 'sampling.model=gpt-4o'];
const IDS = ['a', 'b', 'c'];
const row = z.object({
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  question_id: z.string(),
});

/** Runs a stage as the command and the editor do; `url` names the server where it asks one. */
function run(request: StageRequest, url?: string): Promise<object> {
  const endpoint =
    url === undefined ? {} : { endpoint: { baseUrl: url, limits: { maxConcurrency: 2 } } };
  const environment = { modelCache: request.study, allowDownload: false, embeddingWorker: '' };
  const { signal } = new AbortController();
  return runStage(runNamedStage(request, { ...endpoint, ...environment }, signal));
}

async function withStudy(
  settings: readonly string[],
  use: (study: Study, url: string) => Promise<void>,
): Promise<void> {
  const server = await startEmulatedServer(openai);
  try {
    await withFolder(async (folder) => {
      await use(await studyWith(folder, IDS, settings), server.url);
    });
  } finally {
    await server.close();
  }
}

const openai = { ...EMULATIONS.vllm, models: ['gpt-4o', 'scripted'] };
const settings = EXPERT.map(parseSetting);
const exported = z.object({ rows: z.number(), file: z.string(), left_out: z.unknown() });

test('an expert model answers once a question, and its answers are SFT data without scores', async () => {
  await withStudy(['sampling.n=4'], async ({ dir: study, paths }, url) => {
    await run({ study, verb: 'sample', settings: [] }, url);
    await run({ study, verb: 'sample', settings }, url);
    const { records } = await readAllRecords(paths.trajectories, trajectorySchema);
    const expert = records.map(({ value }) => value).filter(({ model }) => model === 'gpt-4o');
    assert.deepEqual(expert.map(({ question_id }) => question_id).sort(), IDS);
    assert.equal(records.length, 4 * IDS.length + IDS.length, 'the earlier samples are kept');

    const { rows, file } = exported.parse(
      await run({ study, verb: 'export', settings, format: 'sft', out: 'expert' }),
    );
    assert.equal(rows, IDS.length);
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    for (const line of lines) {
      const { messages, question_id } = row.parse(JSON.parse(line));
      assert.deepEqual(
        messages.map(({ role }) => role),
        ['user', 'assistant'],
      );
      assert.equal(
        messages[1]?.content,
        expert.find((record) => record.question_id === question_id)?.text,
      );
    }
  });
});

test('several samples a question are no expert answers: without scores nothing is exported', async () => {
  await withStudy(['sampling.n=4'], async ({ dir: study }, url) => {
    await run({ study, verb: 'sample', settings: [] }, url);
    await assert.rejects(run({ study, verb: 'export', settings: [], format: 'sft' }), {
      code: 'no_pairs',
    });
  });
});

test('an answer that is empty, or that the policy drops, is no SFT data; nor is one a pair', async () => {
  await withStudy(['sampling.n=1'], async ({ dir: study, paths }) => {
    await writeRecords(paths.trajectories, [
      trajectoryRecord('a', 0, 'Ada Morven'),
      trajectoryRecord('b', 0, ' \n'),
      trajectoryRecord('c', 0, "I'm sorry, but I can't help with that."),
    ]);
    const of = {
      study,
      verb: 'export',
      settings: ['pairs.drop=["refusals"]'].map(parseSetting),
    } as const;
    const { rows, left_out } = exported.parse(await run({ ...of, format: 'sft' }));
    assert.equal(rows, 1);
    assert.deepEqual(left_out, { empty_text: 1, too_few: 1 });
    await assert.rejects(run({ ...of, format: 'trl' }), { code: 'no_pairs' });
  });
});
