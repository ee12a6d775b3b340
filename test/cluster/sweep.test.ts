import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import { sendSweep, type SweepSummary } from '../../src/cluster/sweep.ts';
import { sweepAction } from '../../src/cluster/sweepActions.ts';
import { runStage } from '../../src/stage.ts';
import { jobFolder } from '../../src/training/jobRecord.ts';
import { ClusterStudy, upTo } from './support/clusterStudy.ts';
import { Lab } from './support/lab.ts';

const { signal } = new AbortController();

for (const scheduler of ['slurm', 'none'] as const)
  describe(`A sweep on a cluster with scheduler "${scheduler}"`, () => {
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

    /** Members of these seeds; those that are slow go on until they are cancelled. */
    const send = (
      name: string,
      seeds: readonly number[],
      { plan = false, slow = [] }: { plan?: boolean; slow?: readonly number[] } = {},
    ): Promise<SweepSummary> =>
      jobs.withHost((host) => {
        const { study, cluster } = jobs;
        const members = seeds.map((seed) => ({
          name: `seed-${seed}`,
          values: { seed },
          study,
          inputs: jobs.inputs({ steps: slow.includes(seed) ? 1000 : 4, seconds: 0.2, seed }),
        }));
        return runStage(
          sendSweep(
            study,
            { clock: systemClock, host, cluster },
            { name, atOnce: 2, members },
            { plan, signal },
          ),
        );
      });
    const idsOf = ({ members }: SweepSummary) => members.map(({ job }) => job);

    it('is planned without sending, sent once, and followed as a group', async () => {
      const planned = await send('first', [1, 2, 3], { plan: true });
      assert.deepEqual(
        planned.members.map(({ member, job, state }) => [member, job, state]),
        [1, 2, 3].map((seed) => [`seed-${seed}`, null, 'planned']),
      );
      if (scheduler === 'slurm') assert.match(planned.script, /#SBATCH --array=0-2%2/);
      const sent = await send('first', [1, 2, 3]);
      const again = await send('first', [1, 2, 3]);
      assert.deepEqual(idsOf(again), idsOf(sent));
      assert.ok(again.members.every(({ there }) => there));
      const { jobs: lines, sweeps } = await jobs.follow(idsOf(sent));
      assert.deepEqual(sweeps, [{ sweep: 'first', jobs: 3, states: { done: 3 } }]);
      assert.deepEqual(
        lines.map(({ member }) => member),
        ['seed-1', 'seed-2', 'seed-3'],
      );
      for (const id of idsOf(sent)) assert.deepEqual(await jobs.stepsOf(id), upTo(4));
      const fetched = await jobs.fetch(sent.members[1]?.job ?? '');
      assert.equal(fetched.files, 2);
    });

    it('finds the jobs that were taken where the answer was lost for some, and starts none twice', async () => {
      const sent = await send('second', [4, 5, 6]);
      const ids = sent.members.map(({ scheduler_id: id }) => id);
      // As where the run was cut off when it had noted the first member alone.
      for (const { job } of sent.members.slice(1)) {
        const record = await jobs.record(job);
        assert.ok(record.place.kind === 'cluster');
        const place = { ...record.place, scheduler_id: undefined };
        const lost = JSON.stringify({ ...record, place, state: 'prepared' });
        await writeFile(join(jobFolder(jobs.study, record.id), 'job.json'), lost);
      }
      const again = await send('second', [4, 5, 6, 7]);
      assert.deepEqual(
        again.members.slice(0, 3).map(({ scheduler_id: id }) => id),
        ids,
      );
      assert.deepEqual(idsOf(again).slice(0, 3), idsOf(sent));
      await jobs.follow(idsOf(again));
      for (const id of idsOf(again)) assert.deepEqual(await jobs.stepsOf(id), upTo(4));
      if (scheduler === 'slurm') {
        const queue = await lab.slurm('squeue', '-h', '-t', 'all', '-r', '-o', '%j');
        const arrays = new Set(queue.split('\n').filter((name) => name.includes('sweep')));
        assert.equal(arrays.size, 3);
      }
    });

    it('is cancelled and fetched as a whole', async () => {
      const sent = await send('whole', [10, 11, 12]);
      const act = (verb: 'fetch' | 'cancel', cluster?: string) =>
        runStage(
          sweepAction(
            jobs.study,
            verb,
            { sweep: 'whole', cluster },
            {
              clock: systemClock,
              open: async () => ({ cluster: jobs.cluster, host: await jobs.open() }),
            },
            signal,
          ),
        );
      await jobs.follow(idsOf(sent));
      const fetched = await act('fetch', 'lab');
      assert.deepEqual(
        fetched.members.map(({ member, error }) => [member, error]),
        ['seed-10', 'seed-11', 'seed-12'].map((member) => [member, null]),
      );
      assert.equal(fetched.files, 6);
      for (const job of idsOf(sent)) {
        const record = await jobs.record(job);
        assert.ok(record.kind === 'train' && record.fetched_at !== undefined);
      }
      await assert.rejects(act('fetch'), /is done whose adapter is not here yet/);
      await assert.rejects(act('cancel', 'other'), /no jobs of a sweep "whole" on other/);

      // Two at once: the third waits, and is cancelled before it ever started.
      await send('whole', [13, 14, 15], { slow: [13, 14, 15] });
      const cancelled = await act('cancel');
      assert.equal(cancelled.members.length, 3);
      const { jobs: lines } = await jobs.follow(cancelled.members.map(({ job }) => job));
      for (const { state } of lines) assert.ok(['cancelled', 'stopped'].includes(state), state);
    });

    it('cancels one member and leaves the others', async () => {
      const sent = await send('third', [8, 9], { slow: [8] });
      const [first, second] = idsOf(sent);
      await jobs.cancel(first ?? null);
      const { jobs: lines } = await jobs.follow([first ?? null, second ?? null]);
      assert.notEqual(lines[0]?.state, 'done');
      assert.equal(lines[1]?.state, 'done');
    });
  });
