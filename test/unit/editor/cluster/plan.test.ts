import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterProfileSchema } from '../../../../src/cluster/clusterProfile.ts';
import {
  checkItems,
  isReady,
  planItems,
  planScript,
  planSummary,
  planText,
  sweepPlanSchema,
  type Plan,
} from '../../../../src/editor/cluster/plan.ts';

const cluster = {
  name: 'lab',
  profile: clusterProfileSchema.parse({ host: 'login', partition: 'h100', gpu_type: 'h100' }),
};
const plan: Plan = {
  host: 'login',
  checks: [
    { what: 'connection', outcome: 'ok', detail: 'login answers' },
    { what: 'model', outcome: 'warning', detail: 'not in the cache' },
  ],
  folder: '/scratch/jobs/x',
  uploads: [
    { file: '/scratch/data/ab/pairs.jsonl', bytes: 1_400_000, there: false },
    { file: '/scratch/data/ab/manifest.json', bytes: 900, there: true },
    { file: '/scratch/trainer/cd/sealong_trainer/run.py', bytes: 5000, there: false },
    { file: '/scratch/trainer/cd/sealong_trainer/loss.py', bytes: 3000, there: true },
  ],
  upload_bytes: 1_405_000,
  script: '#!/bin/bash -l\n',
};

test('a plan lists checks by icon and word, files with sizes, and the job', () => {
  const labels = planItems(plan, cluster).map(({ label, description }) =>
    description === undefined ? label : `${label} | ${description}`,
  );
  assert.deepEqual(labels, [
    'What is sent',
    '$(cloud-upload) pairs.jsonl | 1.4 MB · /scratch/data/ab',
    '$(check) manifest.json | 900 B, there already · /scratch/data/ab',
    '$(cloud-upload) the trainer, 2 files | 5.0 KB · /scratch/trainer/cd/sealong_trainer',
    'What is run',
    '$(server) One job | 8 GPUs (h100) · up to 08:00:00 · partition h100 · /scratch/jobs/x',
    'Preflight of lab',
    '$(pass) connection: ok | login answers',
    '$(warning) model: warning',
  ]);
  assert.match(planSummary(plan, cluster), /^1\.4 MB to send · 8 GPUs/);
});

test('a warning leaves a plan ready, a failure does not', () => {
  assert.ok(isReady(plan));
  const failed = { what: 'GPUs', outcome: 'failed' as const, detail: 'the most is 4' };
  assert.ok(!isReady({ checks: [...plan.checks, failed] }));
  const [first] = planItems({ ...plan, checks: [failed] }, cluster);
  assert.equal(first?.label, 'Preflight of lab', 'what is missing comes first');
});

test('what a cluster lacks is told to its end, however long it is', () => {
  const detail = `python3 does not run there. ${'Make the environment with trainer/setup.sh. '.repeat(4)}`;
  const items = checkItems({ what: 'trainer environment', outcome: 'failed', detail });
  const told = [items[0]?.detail, ...items.slice(1).map(({ label }) => label)];
  assert.equal(told.join(' ').trim(), detail.trim());
  for (const line of told) assert.ok((line ?? '').length <= 84, line);
});

const sweepPlan = sweepPlanSchema.parse({
  ...plan,
  sweep: 'fig3',
  members: [
    { member: 'examples-512', state: 'done', there: true },
    { member: 'examples-1024', state: 'planned', there: false },
    { member: 'examples-2048', state: 'planned', there: false },
  ],
  gpu_hours_at_most: 128,
  at_once: 1,
  script: '#SBATCH --array=0-1%1\n',
  member_script: 'job_folder=x\n',
});

test('a plan of a sweep says how many jobs, what they take at most, and what was sent before', () => {
  const lines = planItems(sweepPlan, cluster).map(({ label, description, detail }) =>
    [label, description, detail].filter(Boolean).join(' | '),
  );
  assert.deepEqual(lines.slice(0, 7), [
    'What is run',
    '$(run-all) 2 jobs as one Slurm array, 1 at once at most | each 8 GPUs (h100) · up to 08:00:00 · partition h100 | At most 128 GPU-hours, if every job takes its whole time',
    '$(check) examples-512 | sent before, done',
    '$(circle-outline) examples-1024 | to be sent',
    '$(circle-outline) examples-2048 | to be sent',
    'What is sent',
    '$(cloud-upload) pairs and manifests, 2 files | 1.4 MB · /scratch/data',
  ]);
  assert.match(
    planSummary(sweepPlan, cluster),
    /^2 jobs · at most 128 GPU-hours · 1\.4 MB to send · 8 GPUs/,
  );
  assert.match(planText(sweepPlan, cluster), /examples-512: sent before, done\n/);
  const script = planScript(sweepPlan);
  assert.match(script, /--array=0-1%1\n\n# ---- run\.sh of examples-1024; .*\njob_folder=x\n$/);
});

test('a plan of a sweep on a host without scheduler says that jobs wait for each other there', () => {
  const profile = clusterProfileSchema.parse({ host: 'box', scheduler: 'none', gpus: 1 });
  const alone = { ...sweepPlan, gpu_hours_at_most: null, at_once: null, member_script: null };
  const [line] = planItems(alone, { name: 'box', profile }).filter(({ label }) =>
    label.includes('jobs'),
  );
  assert.equal(line?.label, '$(run-all) 2 jobs, one behind another');
  assert.match(line.description ?? '', /each waits there for the one before it/);
  assert.match(line.detail ?? '', /No scheduler, and so no limit to GPU-hours/);
  assert.match(planSummary(alone, { name: 'box', profile }), /no scheduler: one behind another$/);
  assert.equal(planScript(alone), alone.script);
});
