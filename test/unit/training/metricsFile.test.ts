import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { MetricsFile } from '../../../src/training/metricsFile.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealong-test-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const line = (step: number, loss: number) => `${JSON.stringify({ step, loss, other: 'word' })}\n`;
const stepsAndLosses = ({ points }: MetricsFile) => points.map(({ step, loss }) => [step, loss]);

test('lines are read as they come, a torn one when it is whole', async () => {
  const path = join(folder, 'growing.jsonl');
  const file = new MetricsFile(path);
  assert.equal(await file.read(), false, 'there is no file yet');
  await writeFile(path, line(1, 0.7) + line(2, 0.6).slice(0, 9));
  assert.equal(await file.read(), true);
  assert.deepEqual(stepsAndLosses(file), [[1, 0.7]]);
  await writeFile(path, line(1, 0.7) + line(2, 0.6));
  await appendFile(path, 'no metrics\n' + line(3, 0.5));
  assert.equal(await file.read(), true);
  assert.deepEqual(stepsAndLosses(file), [
    [1, 0.7],
    [2, 0.6],
    [3, 0.5],
  ]);
  const { points } = file;
  assert.equal(await file.read(), false);
  assert.equal(file.points, points, 'the same list while nothing is new');
});

test('a file that a resumed run wrote anew is read anew, also where it is longer than before', async () => {
  const path = join(folder, 'resumed.jsonl');
  const file = new MetricsFile(path);
  await writeFile(path, line(1, 0.7) + line(2, 0.6) + line(3, 0.5));
  await file.read();
  await writeFile(path, line(1, 0.7) + line(2, 0.65) + line(3, 0.55) + line(4, 0.45));
  assert.equal(await file.read(), true);
  assert.deepEqual(stepsAndLosses(file), [
    [1, 0.7],
    [2, 0.65],
    [3, 0.55],
    [4, 0.45],
  ]);
  await writeFile(path, line(1, 0.7));
  await file.read();
  assert.deepEqual(stepsAndLosses(file), [[1, 0.7]]);
});
