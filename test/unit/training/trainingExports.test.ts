import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { initStudy, type Study } from '../../../src/study/study.ts';
import { methodOfExport, readTrainingExport } from '../../../src/training/trainingExports.ts';

let here: string;
let study: Study;
let other: Study;

before(async () => {
  here = await mkdtemp(join(tmpdir(), 'sealong-test-'));
  study = await initStudy(join(here, 'own'));
  other = await initStudy(join(here, "other's"));
  await exportTo(study, 'pairs', 'trl');
  await exportTo(other, 'answers', 'sft');
});
after(async () => {
  await rm(here, { recursive: true, force: true });
});

async function exportTo({ paths }: Study, name: string, format: string): Promise<void> {
  const folder = join(paths.exports, name);
  await mkdir(folder, { recursive: true });
  const manifest = {
    created_at: '2026-01-31T14:05:00.000Z',
    ...{ format, counts: { pairs: 3 }, files: [{ name: 'data.jsonl', split: 'train' }] },
  };
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
}

test("an export is found by its name, and another study's by its folder", async () => {
  const own = await readTrainingExport(study, 'pairs');
  assert.equal(own.file, join(study.paths.exports, 'pairs/data.jsonl'));
  const sft = { ...study, config: { ...study.config, training: { ...study.config.training } } };
  sft.config.training.method = 'sft';
  const found = await readTrainingExport(sft, "../other's/exports/answers");
  assert.equal(found.file, join(other.paths.exports, 'answers/data.jsonl'));
  await assert.rejects(readTrainingExport(study, "../other's/exports/answers"), /format trl/);
});

test('an export says which method it was made for', async () => {
  assert.equal(await methodOfExport(study.dir, 'pairs'), 'orpo');
  assert.equal(await methodOfExport(study.dir, "../other's/exports/answers"), 'sft');
  assert.equal(await methodOfExport(study.dir, 'none'), undefined);
});
