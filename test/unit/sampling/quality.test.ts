import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duplicatesOf, flawsOf, qualityOf, QualityCounts } from '../../../src/sampling/quality.ts';
import { scanFile } from '../../../src/study/scan.ts';
import type { TrajectoryEntry } from '../../../src/study/entries.ts';
import { StudyIndex } from '../../../src/study/studyIndex.ts';
import { studyWith, trajectoryRecord, writeRecords } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';

function entry(index: number, text: string, more: Partial<TrajectoryEntry> = {}): TrajectoryEntry {
  return {
    questionId: 'q',
    index,
    sampling: 's',
    finishReason: 'stop',
    completionTokens: 10,
    text,
    characters: text.length,
    offset: 0,
    length: 0,
    ...more,
  };
}

test('the first of equal texts is no duplicate, whatever the order of the records', () => {
  const entries = [entry(5, 'a'), entry(1, 'a'), entry(2, 'b'), entry(9, 'a')];
  assert.deepEqual(
    [...duplicatesOf(entries)].sort((a, b) => a - b),
    [5, 9],
  );
});

test('failed and empty samples are no duplicates of one another', () => {
  const failed = { finishReason: 'error', characters: 0 };
  const entries = [entry(0, '', failed), entry(1, '', failed), entry(2, ''), entry(3, '')];
  assert.equal(duplicatesOf(entries).size, 0);
  assert.deepEqual([...flawsOf(entries).values()], [['failed'], ['failed'], ['empty'], ['empty']]);
});

test('a sample can have several flaws, and one without any is not listed', () => {
  const flaws = flawsOf([
    entry(0, 'a'),
    entry(1, 'a', { finishReason: 'length' }),
    entry(2, 'no', { refused: true }),
    entry(3, 'x', { finishReason: 'content_filter' }),
  ]);
  assert.deepEqual(Object.fromEntries(flaws), {
    1: ['truncated', 'duplicate'],
    2: ['refused'],
    3: ['refused'],
  });
});

test('lengths are those of samples that there are, without failed ones', () => {
  const entries = Array.from({ length: 100 }, (_, index) =>
    entry(index, `t${index}`, { completionTokens: index + 1 }),
  );
  const { lengths, samples } = qualityOf([
    ...entries,
    entry(100, '', { finishReason: 'error', completionTokens: null }),
  ]);
  assert.equal(samples, 101);
  assert.deepEqual(lengths, { min: 1, p5: 5, median: 50, mean: 50.5, p95: 95, max: 100 });
  assert.equal(qualityOf([entry(0, 'a', { completionTokens: null })]).lengths, null);
});

test('a study is the sum of its questions: the same text in two questions is no duplicate', () => {
  const counts = new QualityCounts();
  const failed = { finishReason: 'error', characters: 0, completionTokens: null };
  counts.add([entry(0, 'a'), entry(1, 'a', { attempts: 3 })]);
  counts.add([entry(0, 'a'), entry(1, '', { ...failed, error: 'too long' })]);
  counts.add([entry(0, '', failed)]);
  assert.deepEqual(counts.quality(), {
    samples: 5,
    flaws: { failed: 2, empty: 0, refused: 0, truncated: 0, duplicate: 1 },
    finish_reasons: { stop: 3, error: 2 },
    retried: 1,
    failures: { 'no reason was recorded': 1, 'too long': 1 },
    lengths: { min: 10, p5: 10, median: 10, mean: 10, p95: 10, max: 10 },
  });
});

test('what the quality of a sample says is found while its file is scanned, without its text', async () => {
  const entries = await withFolder(async (folder) => {
    const { paths } = await studyWith(folder, ['q']);
    const error = `too long ${'x'.repeat(5000)}`;
    await writeRecords(paths.trajectories, [
      trajectoryRecord('q', 0, 'Ada Morven', { attempts: 1 }),
      trajectoryRecord('q', 1, " I'm sorry, but I can't help with that.", { attempts: 4 }),
      trajectoryRecord('q', 2, ' \n\t'),
      trajectoryRecord('q', 3, '', { finish_reason: 'error', error }),
    ]);
    const index = new StudyIndex();
    for await (const batch of scanFile({ kind: 'trajectories', path: paths.trajectories }))
      index.apply(batch);
    const [sampling = ''] = index.samplings.keys();
    return index.trajectories('q', sampling);
  });
  assert.deepEqual(
    entries.map(({ characters, refused, attempts, error }) => [
      characters,
      refused,
      attempts,
      error?.length,
    ]),
    [
      [10, undefined, undefined, undefined],
      [39, true, 4, undefined],
      [0, undefined, undefined, undefined],
      [0, undefined, undefined, 300],
    ],
  );
  assert.deepEqual(Object.fromEntries(flawsOf(entries)), {
    1: ['refused'],
    2: ['empty'],
    3: ['failed'],
  });
});
