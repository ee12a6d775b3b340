import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { JobsSummary } from '../../../src/cluster/followStage.ts';
import { SealongError } from '../../../src/errors.ts';
import { ClusterStudy, upTo } from '../support/clusterStudy.ts';
import type { FakeRecipe } from '../support/fakeTrainer.ts';
import { endNow, Lab } from '../support/lab.ts';
import { until } from '../../e2e/support/until.ts';
import { untilWritten } from '../support/untilWritten.ts';

interface Started {
  job: string | null;
  id: string;
  folder: string;
}

describe('What Slurm and others do to a job', () => {
  let lab: Lab;
  let jobs: ClusterStudy;
  let seed = 0;
  let endless: Started;

  before(async () => {
    lab = await Lab.start({ nodes: 1, accounting: true });
    jobs = await ClusterStudy.make(lab, { gpus: 8 });
    // Slurm looks at time limits every 30 s: meanwhile the others go on.
    endless = await started({ steps: 10_000, seconds: 0.5, deaf: true }, { gpus: 0 });
    await lab.slurm('scontrol', 'update', `JobId=${endless.id}`, 'EndTime=now');
  });
  after(async () => {
    await lab.stop();
    await jobs.remove();
  });

  /** A job that has taken a step. */
  const started = async (recipe: Partial<FakeRecipe>, profile: object = {}): Promise<Started> => {
    jobs.cluster = {
      name: 'lab',
      profile: { ...jobs.cluster.profile, partition: 'h100', gpus: 8, ...profile },
    };
    const { job, folder, scheduler_id: id } = await jobs.train({ seed: (seed += 1), ...recipe });
    await untilWritten(join(folder, 'metrics.jsonl'));
    return { job, folder, id: id ?? '' };
  };
  const stateOf = (id: string) =>
    lab.slurm('squeue', '-h', '-a', '-t', 'all', '-j', id, '-o', '%T');
  const timesTaken = async (job: string | null) =>
    (await lab.slurm('squeue', '-h', '-a', '-t', 'all', '-o', '%j'))
      .split('\n')
      .filter((name) => name.startsWith(`sealong-${job ?? ''}`)).length;
  const lastMessage = (job: string | null) =>
    jobs.messages.findLast((message) => message.startsWith(`Job ${job ?? ''}`)) ?? '';
  /** The trainer of a job, its script and their slurmstepd: what runs on a node. */
  const processesOf = async ({ folder }: Started): Promise<number[]> => {
    const state = JSON.parse(await readFile(join(folder, 'state.json'), 'utf8')) as { pid: number };
    const parents = [state.pid];
    while (parents.length < 3) {
      const stat = await readFile(`/proc/${parents.at(-1)}/stat`, 'utf8');
      parents.push(Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]));
    }
    return parents;
  };
  const kill = (pids: readonly number[]) => {
    for (const pid of pids) endNow(pid);
  };
  const nodeFails = async (run: Started) => {
    const running = await processesOf(run);
    await lab.kill('slurmd_h100-01');
    kill(running);
    await lab.slurm('scontrol', 'update', 'NodeName=h100-01', 'State=DOWN', 'Reason=test');
  };
  const nodeReturns = async () => {
    await lab.slurm('scontrol', 'update', 'NodeName=h100-01', 'State=RESUME');
    await lab.script('up.sh');
    await until(
      'the idle node',
      async () => (await lab.slurm('sinfo', '-h', '-p', 'h100', '-o', '%T')).trim() === 'idle',
    );
  };
  /** A short job of somebody else's for which others make room. */
  const moreUrgent = async () => {
    const options = ['-D', '/tmp', '-o', '/dev/null', '-p', 'h100', '--gres=gpu:8'];
    return (await lab.slurm('sbatch', '--parsable', ...options, '--wrap=sleep 1')).trim();
  };
  const goesOnToItsEnd = async ({ job }: Started, following: Promise<JobsSummary>) => {
    assert.equal((await following).jobs[0]?.state, 'done');
    assert.deepEqual(await jobs.stepsOf(job), upTo(8));
    const states = ['prepared', 'submitted', 'running', 'requeued', 'running', 'done'];
    assert.deepEqual(await jobs.states(job), states);
    assert.equal(await timesTaken(job), 1);
  };

  it('a controller that goes down at submission leaves one job once it is back', async () => {
    const mark = join(lab.folder, 'bin/mark');
    await lab.openFile(mark);
    await lab.wrap('sbatch', `echo begun >>'${mark}'; sleep 1; exec "$real" "$@"`);
    const recipe = { seed: (seed += 1) };
    try {
      const first = assert.rejects(jobs.train(recipe), (error) => {
        assert.ok(error instanceof SealongError);
        assert.equal(error.code, 'submit_unclear');
        assert.match(error.message, /Run this again.*submits no second/);
        return true;
      });
      await untilWritten(mark);
      await lab.kill('slurmctld', 'SIGTERM');
      await first;
    } finally {
      await lab.script('up.sh');
      await lab.unwrap('sbatch');
    }
    const { job } = await jobs.train(recipe);
    assert.equal((await jobs.follow([job])).jobs[0]?.state, 'done');
    assert.deepEqual([await jobs.stepsOf(job), await timesTaken(job)], [[1], 1]);
  });

  it('a controller that goes down while a job is followed is told, and its end is seen', async () => {
    const { job, folder } = await started({ steps: 4, seconds: 0.5, fail: true });
    const following = jobs.follow([job]);
    await lab.kill('slurmctld', 'SIGTERM');
    try {
      await until('the warning', () =>
        Promise.resolve(jobs.messages.some((message) => message.includes('does not answer'))),
      );
      // Before anything is sent.
      await assert.rejects(jobs.train({ seed: (seed += 1) }), (error) => {
        assert.ok(error instanceof SealongError);
        assert.equal(error.code, 'preflight');
        assert.match(
          error.message,
          /nothing was sent.*controller does not answer.*Try again later/s,
        );
        return true;
      });
      await untilWritten(join(folder, 'exit'));
    } finally {
      await lab.script('up.sh');
    }
    assert.equal((await following).jobs[0]?.state, 'failed');
    assert.deepEqual(await jobs.stepsOf(job), upTo(4));
    assert.match(lastMessage(job), /failed.*sealong resume.*as asked/s);
  });

  it('a job that outlives its time limit is timed out, which says what to do', async () => {
    const { jobs: ended } = await jobs.follow([endless.job]);
    assert.equal(ended[0]?.state, 'timed_out');
    assert.match(lastMessage(endless.job), /timed out.*more "time".*sealong resume/);
  });

  it('a node that goes down gives the job back, which goes on from its checkpoint', async () => {
    const run = await started({ steps: 8, seconds: 0.5 });
    const following = jobs.follow([run.job]);
    await until('the running', async () => (await jobs.states(run.job)).includes('running'));
    await nodeFails(run);
    await until('the requeued', async () => (await jobs.states(run.job)).includes('requeued'));
    const waiting = await jobs.record(run.job);
    assert.equal(waiting.state, 'requeued');
    await nodeReturns();
    await lab.startNow(run.id);
    await goesOnToItsEnd(run, following);
  });

  it('a job that no node may take anew is node failed, which says so, and is resumed', async () => {
    const run = await started({ steps: 8, seconds: 0.5 });
    await lab.slurm('scontrol', 'update', `JobId=${run.id}`, 'Requeue=0');
    await nodeFails(run);
    const { jobs: ended } = await jobs.follow([run.job]);
    assert.equal(ended[0]?.state, 'node_failed');
    assert.match(lastMessage(run.job), /node failed.*sealong resume/);
    await nodeReturns();
    await jobs.resume(run.job);
    assert.equal((await jobs.follow([run.job])).jobs[0]?.state, 'done');
    assert.deepEqual(await jobs.stepsOf(run.job), upTo(8));
  });

  it('a job that makes room for another is requeued, and goes on from its checkpoint', async () => {
    const run = await started({ steps: 8, seconds: 0.5 }, { partition: 'spare' });
    const following = jobs.follow([run.job]);
    await until('the running', async () => (await jobs.states(run.job)).includes('running'));
    const other = await moreUrgent();
    await until('the requeued', async () => (await jobs.states(run.job)).includes('requeued'));
    await until('the other', async () => (await stateOf(other)).startsWith('COMPLETED'));
    await lab.startNow(run.id);
    await goesOnToItsEnd(run, following);
  });

  it('a job that is ended for another is preempted, and is resumed from its checkpoint', async () => {
    const run = await started({ steps: 8, seconds: 0.5 }, { partition: 'spot' });
    await moreUrgent();
    const { jobs: ended } = await jobs.follow([run.job]);
    assert.equal(ended[0]?.state, 'preempted');
    assert.match(ended[0].reason ?? '', /checkpoint/);
    assert.match(lastMessage(run.job), /preempted.*sealong resume/);
    const before = await jobs.stepsOf(run.job);
    assert.ok(before.length < 8);
    await jobs.resume(run.job);
    assert.equal((await jobs.follow([run.job])).jobs[0]?.state, 'done');
    assert.deepEqual(await jobs.stepsOf(run.job), upTo(8));
  });

  it('a job near its time limit is warned, stops with a checkpoint and is resumed', async () => {
    const run = await started({ steps: 100, seconds: 0.3 });
    await lab.slurm('scontrol', 'update', `JobId=${run.id}`, 'EndTime=now+2minutes');
    const { jobs: ended } = await jobs.follow([run.job]);
    assert.equal(ended[0]?.state, 'stopped');
    assert.match(ended[0].reason ?? '', /checkpoint/);
    assert.match(ended[0].error ?? '', /SIGUSR1/);
    const resumed = await jobs.resume(run.job);
    assert.equal(resumed.attempt, 2);
    await untilWritten(join(run.folder, 'scheduler_id'));
    await jobs.cancel(run.job);
    await jobs.follow([run.job]);
  });

  it('a job that somebody else cancels is cancelled, with a checkpoint to go on from', async () => {
    const run = await started({ steps: 1000, seconds: 0.3 });
    await lab.slurm('scancel', run.id);
    const { jobs: ended } = await jobs.follow([run.job]);
    assert.equal(ended[0]?.state, 'cancelled');
    assert.match(ended[0].reason ?? '', /checkpoint/);
    assert.match(lastMessage(run.job), /sealong resume/);
  });

  it('a trainer that is killed is failed, says so, and is resumed from its checkpoint', async () => {
    const run = await started({ steps: 10, seconds: 0.3 });
    const [trainer = 0] = await processesOf(run);
    kill([trainer]);
    const { jobs: ended } = await jobs.follow([run.job]);
    assert.equal(ended[0]?.state, 'failed');
    assert.match(lastMessage(run.job), /failed.*SIGKILL.*sealong resume/s);
    await jobs.resume(run.job);
    assert.equal((await jobs.follow([run.job])).jobs[0]?.state, 'done');
    assert.deepEqual(await jobs.stepsOf(run.job), upTo(10));
  });
});
