import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { report } from '../../../src/evaluation/report.ts';
import { samplingOf } from '../../../src/sampling/parameters.ts';
import { appendMatrix } from '../../../src/scoring/matrixFile.ts';
import { runStage } from '../../../src/stage.ts';
import type { Study } from '../../../src/study/study.ts';
import { studyWith, trajectoryRecord, writeRecords } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';

/** Two questions of three trajectories; the answer to both is "oak". */
async function scoredStudy(folder: string): Promise<Study> {
  const study = await studyWith(folder, ['a', 'b'], ['sampling.n=3']);
  const { hash: sampling } = await samplingOf(study);
  const cold = { ...study.config.sampling, temperature: 0 };
  const greedy = await samplingOf({ ...study, config: { ...study.config, sampling: cold } });
  await writeRecords(study.paths.trajectories, [
    ...['oak', 'elm', 'oak'].map((text, at) => trajectoryRecord('a', at, text, { sampling })),
    ...['elm', 'ash', 'oak'].map((text, at) => trajectoryRecord('b', at, text, { sampling })),
    trajectoryRecord('a', 0, 'an oak', { sampling: greedy.hash }),
    trajectoryRecord('b', 0, 'an ash', { sampling: greedy.hash }),
  ]);
  await mkdir(study.paths.scores, { recursive: true });
  const record = (question_id: string, scorer: string, scores: number[], more: object = {}) => ({
    question_id,
    scorer,
    config: 'hand',
    sampling,
    indices: [0, 1, 2],
    scores,
    ...more,
  });
  const matrixFile = study.paths.matrixFile('mbr_rouge');
  const matrices = [
    Float32Array.of(1, 0, 1, 0, 1, 0, 1, 0, 1),
    Float32Array.of(1, 0, 0.9, 0, 1, 0, 0, 0, 1),
  ];
  const places = [];
  for (const matrix of matrices) places.push(await appendMatrix(matrixFile, matrix));
  await writeRecords(study.paths.scoreFile('mbr_rouge'), [
    record('a', 'mbr_rouge', [2 / 3, 1 / 3, 2 / 3], { matrix: places[0] }),
    record('b', 'mbr_rouge', [1.9 / 3, 1 / 3, 1 / 3], { matrix: places[1] }),
  ]);
  await writeRecords(study.paths.scoreFile('random'), [
    record('a', 'random', [0.1, 0.2, 0.3]),
    record('b', 'random', [0.1, 0.2, 0.3]),
  ]);
  return study;
}

function compared(study: Study, warnings: string[] = []) {
  const stage = report(study, { scorers: true, signal: new AbortController().signal });
  return runStage(stage, (event) => {
    if (event.type === 'warning') warnings.push(event.message);
  }).then(({ scorers }) => scorers);
}

const GOLD = ['a', 'b'].map((question_id) => ({ question_id, answers: ['Oak'] }));

test('winners, agreement, the row of Table 7 and both ends of the curves, by hand', async () => {
  await withFolder(async (folder) => {
    const study = await scoredStudy(folder);
    await writeRecords(join(folder, 'answers.jsonl'), GOLD);
    const found = await compared(study);
    assert.deepEqual(found?.scorers, [
      { scorer: 'mbr_rouge', questions: 2 },
      { scorer: 'random', questions: 2 },
    ]);
    assert.deepEqual(found.winners, [
      { question_id: 'a', by: { mbr_rouge: 0, random: 2 } },
      { question_id: 'b', by: { mbr_rouge: 0, random: 2 } },
    ]);
    const [pair] = found.agreement;
    assert.equal(pair?.same_winner, 0.5, 'trajectories 0 and 2 of "a" have the same text');
    // "a": ranks 2.5, 1, 2.5 against 1, 2, 3 are uncorrelated; "b": 3, 1.5, 1.5 give -1.5 / sqrt(1.5 * 2).
    const expected = (0 - Math.sqrt(3) / 2) / 2;
    assert.ok(Math.abs((pair.rank_correlation ?? NaN) - expected) < 1e-12);
    const { random, ...subEm } = found.sub_em ?? { random: NaN };
    assert.ok(Math.abs(random - 50) < 1e-9);
    assert.deepEqual(subEm, {
      questions: 2,
      n: 3,
      winners: [
        { scorer: 'mbr_rouge', value: 50 },
        { scorer: 'random', value: 100 },
      ],
      oracle: 100,
      greedy: 50,
    });
    assert.deepEqual(
      found.best_of?.lines.map(({ name, points }) => [
        name,
        points.map(({ n }) => n),
        points.at(-1)?.mean,
      ]),
      [
        ['oracle', [1, 2, 3], 100],
        ['mbr_rouge', [1, 2, 3], 50],
      ],
    );
  });
});

test('without gold answers there is agreement only', async () => {
  await withFolder(async (folder) => {
    const found = await compared(await scoredStudy(folder));
    assert.equal(found?.agreement.length, 1);
    assert.deepEqual([found.sub_em, found.best_of], [null, null]);
  });
});

test('a scorer whose utilities are lost is left out of the curves, with a warning', async () => {
  await withFolder(async (folder) => {
    const study = await scoredStudy(folder);
    await writeRecords(join(folder, 'answers.jsonl'), GOLD);
    await writeFile(study.paths.matrixFile('mbr_rouge'), '');
    const warnings: string[] = [];
    const found = await compared(study, warnings);
    assert.deepEqual(
      found?.best_of?.lines.map(({ name }) => name),
      ['oracle'],
    );
    assert.match(warnings.join(), /mbr_rouge are lost or damaged/);
  });
});

test('a study that nothing scored has nothing to compare', async () => {
  await withFolder(async (folder) => {
    const study = await studyWith(folder, ['a']);
    const found = await compared(study);
    assert.deepEqual(found, {
      scorers: [],
      winners: [],
      agreement: [],
      sub_em: null,
      best_of: null,
    });
  });
});
