import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../../src/clock.ts';
import { sendSweep } from '../../../src/cluster/sweep.ts';
import { runStage } from '../../../src/stage.ts';
import { ClusterStudy } from '../support/clusterStudy.ts';
import type { FakeRecipe } from '../support/fakeTrainer.ts';
import { Lab } from '../support/lab.ts';
import { until } from '../../e2e/support/until.ts';
import { untilWritten } from '../support/untilWritten.ts';

const { signal } = new AbortController();

// The queue forgets after half a minute: both wait for it at once.
describe('Jobs that the queue has forgotten', { concurrency: true }, () => {
  for (const accounting of [true, false])
    describe(`${accounting ? 'with' : 'without'} accounts`, () => {
      let lab: Lab;
      let jobs: ClusterStudy;
      let seed = 0;

      before(async () => {
        lab = await Lab.start({ nodes: 1, accounting, forgetS: 2 });
        jobs = await ClusterStudy.make(lab);
      });
      after(async () => {
        await lab.stop();
        await jobs.remove();
      });

      const started = async (recipe: Partial<FakeRecipe>) => {
        const {
          job,
          folder,
          scheduler_id: id,
        } = await jobs.train({ seed: (seed += 1), ...recipe });
        await untilWritten(join(folder, 'metrics.jsonl'));
        return { job, folder, id: id ?? '' };
      };
      const forgotten = () =>
        until(
          'the empty queue',
          async () => (await lab.slurm('squeue', '-h', '-a', '-t', 'all', '-r')).trim() === '',
          150_000,
        );

      it('end as they ended, also who ended them, and none is lost', async () => {
        const done = await started({ steps: 2, seconds: 0.1 });
        const failed = await started({ steps: 2, seconds: 0.1, fail: true });
        const stopped = await started({ steps: 1000, seconds: 0.2 });
        const killed = await started({ steps: 1000, seconds: 0.2, deaf: true });
        const vanished = await started({ steps: 1000, seconds: 0.2 });
        const array = await jobs.withHost((host) => {
          const { study, cluster } = jobs;
          const members = [1, 2, 3].map((member) => ({
            name: `member-${member}`,
            study,
            inputs: jobs.inputs({ steps: 1000, seconds: 0.2, seed: (seed += 1) }),
          }));
          const sweep = { name: 'array', atOnce: 1, members };
          const ports = { clock: systemClock, host, cluster };
          return runStage(sendSweep(study, ports, sweep, { plan: false, signal }));
        });
        const members = array.members.map(({ job }) => job);
        const [first] = members;
        const { place } = await jobs.record(first ?? null);
        assert.ok(place.kind === 'cluster');
        await untilWritten(join(place.folder, 'metrics.jsonl'));
        // The user's own hand, and an administrator's.
        await jobs.cancel(stopped.job);
        await lab.slurm(
          'scancel',
          killed.id,
          vanished.id,
          (place.scheduler_id ?? '').replace(/_.*/, ''),
        );
        await forgotten();
        // Nothing tells of this one but the accounts.
        for (const file of ['exit', 'log.txt'])
          await rm(join(vanished.folder, file), { force: true });

        const all = [done, failed, stopped, killed].map(({ job }) => job);
        const { jobs: lines } = await jobs.follow([
          ...all,
          vanished.job,
          ...(accounting ? members : [first ?? null]),
        ]);
        const of = new Map(lines.map((line) => [line.job, line]));
        const endOf = (job: string | null) => {
          const { state, reason } = of.get(job ?? '') ?? {};
          return { state, reason: reason ?? '' };
        };
        assert.deepEqual(
          all.map((job) => endOf(job).state),
          ['done', 'failed', 'cancelled', 'cancelled'],
        );
        assert.match(endOf(stopped.job).reason, /checkpoint/);
        if (!accounting) {
          // Who it was stands nowhere; that the scheduler ended it does, in the log.
          assert.match(endOf(stopped.job).reason, /CANCELLED AT/);
          assert.match(endOf(killed.job).reason, /CANCELLED AT/);
          assert.equal(endOf(first ?? null).state, 'stopped');
          const last = jobs.messages.findLast((text) => text.includes(vanished.job ?? '')) ?? '';
          assert.equal(endOf(vanished.job).state, 'lost');
          assert.match(last, /no longer knows it.*log\.txt.*sealong resume/s);
          return;
        }
        assert.match(endOf(stopped.job).reason, new RegExp(`cancelled by ${lab.user}`));
        assert.equal(endOf(killed.job).reason, 'cancelled by root');
        // Those that never started stand in the accounts under one id.
        for (const job of members) {
          assert.equal(endOf(job).state, 'cancelled');
          assert.match(endOf(job).reason, /cancelled by root/);
        }
      });
    });
});
