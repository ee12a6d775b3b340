import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import { extendJob, type Extension } from '../../src/cluster/extendJob.ts';
import { requeueJob } from '../../src/cluster/requeueJob.ts';
import { runStage } from '../../src/stage.ts';
import { isTraining, jobFolder } from '../../src/training/jobRecord.ts';
import { ClusterStudy, upTo } from './support/clusterStudy.ts';
import { Lab } from './support/lab.ts';
import { untilWritten } from './support/untilWritten.ts';

const { signal } = new AbortController();

for (const scheduler of ['slurm', 'none'] as const)
  describe(`Going on with a job on a cluster with scheduler "${scheduler}"`, () => {
    let lab: Lab;
    let jobs: ClusterStudy;

    before(async () => {
      lab = await Lab.start();
      jobs = await ClusterStudy.make(lab, { scheduler });
    });
    after(async () => {
      await lab.stop();
      await jobs.remove();
    });

    const ports = (host: Awaited<ReturnType<ClusterStudy['open']>>) => ({
      ...{ clock: systemClock, host, cluster: jobs.cluster, trainerFolder: '' },
    });
    const requeue = (id: string) =>
      jobs.withHost((host) => runStage(requeueJob(jobs.study, ports(host), id, signal)));
    const extend = (id: string, extension: Extension) =>
      jobs.withHost((host) =>
        runStage(extendJob(jobs.study, ports(host), id, { extension, signal })),
      );

    it('puts a running job back, which goes on from its checkpoint', async () => {
      const { job, folder } = await jobs.train({ steps: 15, seconds: 0.3 });
      const id = job ?? '';
      await untilWritten(join(folder, 'metrics.jsonl'));
      const requeued = await requeue(id);
      assert.equal(requeued.attempt, scheduler === 'slurm' ? 1 : 2);
      const following = jobs.follow([job]);
      if (scheduler === 'slurm') await lab.startNow(requeued.scheduler_id ?? '');
      assert.equal((await following).jobs[0]?.state, 'done');
      if (scheduler === 'slurm') assert.ok((await jobs.states(job)).includes('requeued'));
      assert.deepEqual(await jobs.stepsOf(job), upTo(15));
      await assert.rejects(requeue(id), /is done: there is nothing to put back/);
    });

    it('extends a job that runs by a new one that waits for its end and goes on', async () => {
      const { job } = await jobs.train({ steps: 8, seconds: 0.3, seed: 2 });
      // The fake trainer knows "steps" alone.
      const more = await extend(job ?? '', { time: '01:00:00' });
      assert.equal(more.extends, job);
      const first = await jobs.record(job);
      if (scheduler === 'slurm')
        assert.equal(more.waits_for, first.place.kind === 'cluster' && first.place.scheduler_id);
      const summary = await jobs.follow([job, more.job]);
      assert.deepEqual(
        summary.jobs.map(({ state }) => state),
        ['done', 'done'],
      );
      // All steps were done by then: it has them, and did none again.
      assert.deepEqual(await jobs.stepsOf(more.job), upTo(8));
      const record = await jobs.record(more.job);
      assert.ok(isTraining(record) && record.extends?.job === job);
      await jobs.fetch(more.job);
    });

    it('extends a job that was cut short, and refuses where nothing more is asked for', async () => {
      const { job, folder } = await jobs.train({ steps: 30, seconds: 0.2, seed: 3 });
      await untilWritten(join(folder, 'metrics.jsonl'));
      await jobs.cancel(job);
      await jobs.follow([job]);
      const before = await jobs.stepsOf(job);
      assert.ok(before.length < 30);
      const more = await extend(job ?? '', {});
      assert.equal(more.waits_for, null);
      const summary = await jobs.follow([more.job]);
      assert.equal(summary.jobs[0]?.state, 'done');
      assert.deepEqual(await jobs.stepsOf(more.job), upTo(30));
      assert.deepEqual(await jobs.stepsOf(job), before);
      // Two pairs are one step an epoch.
      const longer = await extend(more.job, { steps: 40 });
      const recipe = join(jobFolder(jobs.study, longer.job), 'recipe.json');
      assert.match(await readFile(recipe, 'utf8'), /"max_steps": 40,\s+"epochs": 40/);
      await jobs.follow([longer.job]);
      await assert.rejects(
        extend(more.job, {}),
        /is done\. Say how much more.*--steps or --epochs/,
      );
      await assert.rejects(extend(more.job, { steps: 40, time: 'long' }), /is no time limit/);
    });
  });
