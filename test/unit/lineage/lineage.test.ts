import assert from 'node:assert/strict';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../../src/clock.ts';
import { lineageOf } from '../../../src/lineage/lineage.ts';
import { lineageText } from '../../../src/lineage/lineageText.ts';
import { exportPairs } from '../../../src/preference/export.ts';
import { AppendLog } from '../../../src/records/appendLog.ts';
import { hashOfFile } from '../../../src/records/hashOfFile.ts';
import { runStage } from '../../../src/stage.ts';
import type { Study } from '../../../src/study/study.ts';
import { jobFolder, writeJob, type TrainingJob } from '../../../src/training/jobRecord.ts';
import { keepData } from '../../../src/training/keepData.ts';
import { leftBy, madeWith } from '../../../src/training/madeWith.ts';
import { studyWith, trajectoryRecord, writeRecords } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';

const { signal } = new AbortController();
const ID = '20260101-000000-orpo-ab12';

/** Questions a (overridden by ann, who took back an earlier decision) and b, and a job that trained on them. */
async function trainedStudy(folder: string): Promise<{ study: Study; adapter: string }> {
  const study = await studyWith(join(folder, 'study'), ['a', 'b']);
  const texts = ['It is Wye.', 'Wye!', 'Morven', 'No idea.'];
  await writeRecords(
    study.paths.trajectories,
    ['a', 'b'].flatMap((id) =>
      texts.map((text, index) =>
        trajectoryRecord(id, index, `${text} ${id}`, { seed: 100 + index }),
      ),
    ),
  );
  const scores = await AppendLog.open(study.paths.scoreFile('mbr_embedding'));
  for (const question_id of ['a', 'b'])
    await scores.append({
      ...{ question_id, scorer: 'mbr_embedding', config: 'by hand', sampling: 'hand' },
      ...{ indices: [0, 1, 2, 3], scores: [0.9, 0.8, 0.4, 0.3] },
    });
  await scores.close();
  const decisions = await AppendLog.open(study.paths.decisionFile('ann'));
  const decision = { question_id: 'a', sampling: 'hand', reviewer: 'ann' };
  await decisions.append({ ...decision, id: '1', kind: 'both_bad', at: '2026-01-01' });
  await decisions.append({ ...decision, id: '2', kind: 'undo', target: '1', at: '2026-01-02' });
  await decisions.append({
    ...decision,
    ...{ id: '3', kind: 'override', at: '2026-01-03', chosen: 1, rejected: 3 },
    ...{ reason: 'shorter', note: 'says it at once' },
  });
  await decisions.close();
  const exported = await runStage(
    exportPairs(study, { clock: systemClock }, { format: 'trl', out: 'training', signal }),
  );
  await writeLaterDecision(study);

  const job = jobFolder(study, ID);
  const manifest = join(exported.folder, 'manifest.json');
  await keepData({ pairs: exported.file, manifest }, job);
  await writeFile(join(job, 'recipe.json'), '{"method": "orpo"}');
  await writeFile(join(job, 'starts.txt'), '2026-01-04T00:00:00Z h100-02 17\n');
  await writeFile(join(job, 'environment.txt'), 'python 3.11.2 on x86_64\ntorch==2.15.0\n');
  const adapter = join(job, 'adapter');
  await mkdir(adapter);
  await writeFile(join(adapter, 'adapter_config.json'), '{"r": 8, "base_model_name_or_path": "b"}');
  await writeFile(join(adapter, 'adapter_model.safetensors'), 'weights');
  await cp(manifest, join(adapter, 'data-manifest.json'));
  const record: TrainingJob = {
    ...{ v: 1, kind: 'train', id: ID, created_at: '2026-01-04T00:00:00Z', attempt: 1 },
    place: {
      ...{ kind: 'cluster', cluster: 'lab', scheduler: 'slurm' },
      ...{ folder: '/jobs/1', scheduler_id: '17', node: 'h100-02' },
    },
    export: {
      name: 'training',
      manifest_sha256: await hashOfFile(manifest),
      pairs_sha256: await hashOfFile(exported.file),
    },
    recipe_sha256: await hashOfFile(join(job, 'recipe.json')),
    state: 'done',
    history: [],
    ...(await madeWith(
      study,
      new URL('../../../trainer/sealong_trainer', import.meta.url).pathname,
    )),
    ...(await leftBy(job)),
  };
  await writeJob(study, record);
  return { study, adapter };
}

async function writeLaterDecision(study: Study): Promise<void> {
  const log = await AppendLog.open(study.paths.decisionFile('ben'));
  const at = new Date(Date.now() + 60_000).toISOString();
  const kind = 'both_bad';
  await log.append({ id: '9', question_id: 'b', sampling: 'hand', reviewer: 'ben', kind, at });
  await log.close();
}

test('from an adapter the way leads to job, recipe, export, and every pair with samples and decisions', async () => {
  await withFolder(async (folder) => {
    const { study, adapter } = await trainedStudy(folder);
    const found = await lineageOf(study, adapter, signal);
    assert.deepEqual(found.problems, []);
    assert.equal(found.job.id, ID);
    assert.deepEqual(found.job.starts, [
      { at: '2026-01-04T00:00:00Z', node: 'h100-02', scheduler_id: '17' },
    ]);
    assert.match(found.job.trainer.version ?? '', /^\d+\.\d+/);
    assert.deepEqual(found.job.environment?.about, ['python 3.11.2 on x86_64']);
    assert.match(found.study.sha256 ?? '', /^[0-9a-f]{64}$/);
    assert.equal(found.study.config_as_exported, true);
    assert.deepEqual(found.recipe, { method: 'orpo' });
    const [a, b] = found.pairs;
    assert.deepEqual(
      [a?.question_id, a?.chosen.index, a?.chosen.seed, a?.rejected?.index],
      ['a', 1, 101, 3],
    );
    assert.ok(Math.abs((a?.margin ?? 0) - 0.5) < 1e-9);
    assert.deepEqual(
      a?.decisions.map(({ kind, in_force: inForce, note }) => [kind, inForce, note]),
      [
        ['both_bad', false, null],
        ['undo', false, null],
        ['override', true, 'says it at once'],
      ],
    );
    // What was decided after the export had no part in it.
    assert.deepEqual([b?.question_id, b?.decisions], ['b', []]);

    const text = lineageText(found);
    assert.match(text, /ran on h100-02 from 2026-01-04T00:00:00Z as 17/);
    assert.match(
      text,
      /ann at 2026-01-03: override \(chosen #1, rejected #3\): shorter; says it at once/,
    );
    assert.match(text, /ann at 2026-01-01: both bad \(taken back\)/);
    assert.match(text, /Question b.*\n {2}chosen #0, score 0\.9000.*\n.*\n.*\n {2}no decision/);
  });
});

test('a copy of an adapter elsewhere is known by its files, one that was changed by its data', async () => {
  await withFolder(async (folder) => {
    const { study, adapter } = await trainedStudy(folder);
    const copy = join(folder, 'copy');
    await cp(adapter, copy, { recursive: true });
    assert.deepEqual((await lineageOf(study, copy, signal)).problems, []);
    await writeFile(join(copy, 'adapter_model.safetensors'), 'other weights');
    const changed = await lineageOf(study, copy, signal);
    assert.equal(changed.job.id, ID);
    assert.match(changed.problems.join('\n'), /differs from the adapter/);
    await rm(join(copy, 'data-manifest.json'));
    await assert.rejects(lineageOf(study, copy, signal), /No job of .* made the adapter/);
    await assert.rejects(lineageOf(study, 'nothing', signal), /neither a job of .* nor a folder/);
    await assert.rejects(lineageOf(study, folder, signal), /holds no adapter/);
  });
});

test('what no longer fits is told', async () => {
  await withFolder(async (folder) => {
    const { study } = await trainedStudy(folder);
    const file = join(jobFolder(study, ID), 'pairs.jsonl');
    const pairs = await readFile(file, 'utf8');
    await rm(file);
    await writeFile(file, `${pairs.replaceAll('Wye! a', 'Wye? a')}{"torn`);
    const { problems } = await lineageOf(study, ID, signal);
    assert.match(problems.join('\n'), /The pairs in .* are not those that the job was sent with/);
    assert.match(problems.join('\n'), /1 of 2 pairs hold a text that no trajectory/);
  });
});
