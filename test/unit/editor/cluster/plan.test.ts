import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterProfileSchema } from '../../../../src/cluster/clusterProfile.ts';
import {
  checkItems,
  isReady,
  planItems,
  planSummary,
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
