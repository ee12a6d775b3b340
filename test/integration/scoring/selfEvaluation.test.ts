import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../src/clock.ts';
import { readAllRecords } from '../../../src/records/jsonl.ts';
import { scoreSchema } from '../../../src/records/schemas.ts';
import { openaiClient } from '../../../src/sampling/openaiClient.ts';
import { score } from '../../../src/scoring/score.ts';
import { runStage } from '../../../src/stage.ts';
import { parseSetting } from '../../../src/study/loadConfig.ts';
import { openStudy } from '../../../src/study/study.ts';
import { startScriptedServer } from '../../support/startServer.ts';
import { studyWith, trajectoryRecord, writeRecords } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';

test('both self-evaluations ask a real server over HTTP and score by what it says', async () => {
  const server = await startScriptedServer({
    answer: (messages) =>
      messages.includes('[Reference Response]')
        ? messages.split('Thomas Wye').length === 3
          ? 'True'
          : 'False'
        : `Because of the context. Rating: [[${messages.includes('Thomas Wye') ? 5 : 1}]]`,
  });
  try {
    await withFolder(async (folder) => {
      const { paths } = await studyWith(folder, ['a']);
      const texts = ['It was Thomas Wye.', 'Nobody knows.', 'Thomas Wye', 'Nobody knows.'];
      await writeRecords(
        paths.trajectories,
        texts.map((text, index) => trajectoryRecord('a', index, text)),
      );
      const scores: number[][] = [];
      for (const scorer of ['self_evaluation', 'mbr_self_evaluation']) {
        const study = await openStudy(folder, [parseSetting(`scoring.scorer=${scorer}`)]);
        const ports = {
          openEmbedder: () => Promise.reject(new Error('No text is embedded.')),
          openChat: () => ({
            client: openaiClient({ baseUrl: `${server.url}/v1` }),
            concurrency: 3,
          }),
          clock: systemClock,
        };
        await runStage(score(study, ports, { signal: new AbortController().signal }));
        const { records } = await readAllRecords(paths.scoreFile(scorer), scoreSchema);
        scores.push(records[0]?.value.scores ?? []);
      }
      assert.deepEqual(scores, [
        [5, 1, 5, 1],
        [0.5, 0.5, 0.5, 0.5],
      ]);
    });
  } finally {
    await server.close();
  }
});
