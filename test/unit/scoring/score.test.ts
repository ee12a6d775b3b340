import assert from 'node:assert/strict';
import { rm, writeFile, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { systemClock } from '../../../src/clock.ts';
import { SealongError } from '../../../src/errors.ts';
import { readAllRecords } from '../../../src/records/jsonl.ts';
import { scoreSchema } from '../../../src/records/schemas.ts';
import type { Embedder } from '../../../src/scoring/embedding/embedder.ts';
import { readMatrix } from '../../../src/scoring/matrixFile.ts';
import { innerProducts, rowMeans } from '../../../src/scoring/mbr.ts';
import { score } from '../../../src/scoring/score.ts';
import { scoringHash } from '../../../src/scoring/selection.ts';
import { runStage } from '../../../src/stage.ts';
import { SCORERS } from '../../../src/study/config.ts';
import { openStudy, type Study } from '../../../src/study/study.ts';
import { parseSetting } from '../../../src/study/loadConfig.ts';
import { studyWith, trajectoryRecord, writeRecords } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';

/** Texts "x,y" stand for the vector in that direction. */
function plainEmbedder(seen: string[] = []): Embedder {
  return {
    id: 'plain',
    maxTokens: null,
    async *embed(texts) {
      for (const [position, text] of texts.entries()) {
        seen.push(text);
        const [x = NaN, y = NaN] = text.split(',').map(Number);
        const length = Math.hypot(x, y);
        yield await Promise.resolve({
          position,
          vector: Float32Array.of(x / length, y / length),
          tokens: 1,
          truncated: text.endsWith('.0'),
        });
      }
    },
    close: () => Promise.resolve(),
  };
}

function run(study: Study, seen: string[] = [], warnings: string[] = []) {
  const ports = {
    openEmbedder: () => Promise.resolve(plainEmbedder(seen)),
    openChat: () => {
      throw new Error('No model is asked.');
    },
    clock: systemClock,
  };
  return runStage(score(study, ports, { signal: new AbortController().signal }), (event) => {
    if (event.type === 'warning') warnings.push(event.message);
  });
}

async function scored(study: Study) {
  return (await readAllRecords(study.paths.scoreFile('mbr_embedding'), scoreSchema)).records.map(
    ({ value }) => value,
  );
}

test('utilities are inner products, and scores the means of their rows', () => {
  const vectors = [Float32Array.of(1, 0), Float32Array.of(0, 1), Float32Array.of(0.6, 0.8)];
  const matrix = innerProducts(vectors);
  assert.deepEqual(
    [...matrix].map((value) => Number(value.toFixed(6))),
    [1, 0, 0.6, 0, 1, 0.8, 0.6, 0.8, 1],
  );
  assert.deepEqual(
    rowMeans(matrix, 3).map((value) => value.toFixed(6)),
    ['0.533333', '0.600000', '0.800000'],
  );
});

test('scores what is new only, embeds equal texts once, and keeps the matrix beside the record', async () => {
  await withFolder(async (folder) => {
    const study = await studyWith(folder, ['a', 'b']);
    const texts = ['1,0', '1,0', '0,1', '1,1.0'];
    await writeRecords(study.paths.trajectories, [
      ...texts.map((text, index) => trajectoryRecord('a', index, text)),
      trajectoryRecord('a', 4, '', { finish_reason: 'error', error: 'too long' }),
      trajectoryRecord('b', 0, '0,1'),
    ]);
    const seen: string[] = [];
    const warnings: string[] = [];
    const summary = await run(study, seen, warnings);
    assert.match(warnings.at(-1) ?? '', /1 of 5 texts are longer than the scorer's model takes/);
    assert.deepEqual([summary.scored, summary.trajectories, summary.truncated], [2, 5, 1]);
    assert.deepEqual(seen, ['1,0', '0,1', '1,1.0'], 'also those of other questions');
    const [record] = await scored(study);
    assert.deepEqual(record?.indices, [0, 1, 2, 3], 'the failed one is left out');
    assert.equal(record.scores[0], record.scores[1]);
    assert.deepEqual(record.truncated, [3]);
    assert.ok(record.matrix);
    const matrix = await readMatrix(study.paths.matrixFile('mbr_embedding'), record.matrix);
    assert.equal(matrix?.length, 16);

    assert.equal((await run(study)).scored, 0);
    await writeRecords(study.paths.trajectories, [
      ...texts.map((text, index) => trajectoryRecord('a', index, text)),
      trajectoryRecord('b', 0, '0,1'),
      trajectoryRecord('b', 1, '1,1'),
    ]);
    seen.length = 0;
    assert.equal((await run(study, seen)).scored, 1, 'the question with a new trajectory');
    assert.deepEqual(seen, ['1,1']);
  });
});

test('lost and damaged matrices are made anew', async () => {
  await withFolder(async (folder) => {
    const study = await studyWith(folder, ['a']);
    await writeRecords(study.paths.trajectories, [
      trajectoryRecord('a', 0, '1,0'),
      trajectoryRecord('a', 1, '0,1'),
    ]);
    await run(study);
    const file = study.paths.matrixFile('mbr_embedding');
    await rm(file);
    assert.equal((await run(study)).scored, 1);
    const bytes = await readFile(file);
    bytes.writeUInt8(bytes.readUInt8(1) ^ 1, 1);
    await writeFile(file, bytes);
    const place = (await scored(study)).at(-1)?.matrix;
    assert.ok(place);
    assert.equal(await readMatrix(file, place), undefined);
    assert.equal((await run(study)).scored, 1);
  });
});

test('a score that is no number is refused with question and trajectory', async () => {
  await withFolder(async (folder) => {
    const study = await studyWith(folder, ['a']);
    await writeRecords(study.paths.trajectories, [trajectoryRecord('a', 0, 'nonsense')]);
    await assert.rejects(
      run(study),
      (error: unknown) =>
        error instanceof SealongError &&
        error.code === 'not_a_number' &&
        /a.*trajectory 0/.test(error.message),
    );
  });
});

test('without trajectories the message says what to do, and scorers keep their own records', async () => {
  await withFolder(async (folder) => {
    const study = await studyWith(folder, ['a']);
    await assert.rejects(
      run(study),
      (e: unknown) => e instanceof SealongError && e.message.includes('sealong sample'),
    );
    await writeRecords(study.paths.trajectories, [trajectoryRecord('a', 0, '1,0')]);
    await run(study);
    const rouge = await openStudy(folder, [parseSetting('scoring.scorer=mbr_rouge')]);
    assert.equal((await run(rouge)).scored, 1);
    assert.equal((await run(study)).scored, 0);
  });
});

test('the parameters of a scorer shape its hash, and those of others do not', async () => {
  await withFolder(async (folder) => {
    await studyWith(folder, ['a']);
    const hash = async (...settings: string[]) =>
      scoringHash((await openStudy(folder, settings.map(parseSetting))).config);
    assert.equal(await hash(), await hash('scoring.rouge=rouge1', 'sampling.model=other'));
    // Records that users have carry it.
    assert.equal(await hash('scoring.embedding.model=embedded'), 'cfa4c35566290ab2');
    const hashes = await Promise.all([
      ...SCORERS.map((scorer) => hash(`scoring.scorer=${scorer}`)),
      hash('scoring.scorer=mbr_rouge', 'scoring.rouge=rouge1'),
      hash('scoring.scorer=mbr_rouge', 'scoring.rouge_stemming=true'),
      hash('scoring.scorer=self_evaluation', 'sampling.model=other'),
      hash('scoring.scorer=mbr_bertscore', 'scoring.embedding.model=embedded'),
      hash('scoring.scorer=random', 'sampling.seed=1'),
    ]);
    assert.equal(new Set(hashes).size, hashes.length);
  });
});
