import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { SealongError } from '../../src/errors.ts';
import { isTraining, listJobs } from '../../src/training/jobRecord.ts';
import { ClusterStudy, upTo } from './support/clusterStudy.ts';
import { Lab } from './support/lab.ts';
import { untilWritten } from './support/untilWritten.ts';

const run = promisify(execFile);

for (const scheduler of ['slurm', 'none'] as const)
  describe(`Training on a cluster with scheduler "${scheduler}"`, () => {
    let lab: Lab;
    let jobs: ClusterStudy;

    before(async () => {
      lab = await Lab.start();
      jobs = await ClusterStudy.make(lab, { scheduler, gpus: scheduler === 'slurm' ? 8 : 0 });
    });
    after(async () => {
      await lab.stop();
      await jobs.remove();
    });

    it('says what it would send and run, and sends nothing', async () => {
      const planned = await jobs.train({ steps: 1, seconds: 0 }, { plan: true });
      assert.equal(planned.state, 'planned');
      assert.ok(planned.upload_bytes > 0);
      assert.match(planned.script, /-m sealong_trainer/);
      assert.equal(planned.checks.filter(({ outcome }) => outcome === 'failed').length, 0);
      const left = await readdir(lab.home());
      assert.deepEqual(
        (await readdir(join(lab.home(), "my work's"))).filter((name) => name === 'jobs'),
        [],
        left.join(),
      );
    });

    it('does not train where folders belong to somebody else', async () => {
      const shared = join(lab.folder, 'shared');
      await mkdir(shared, { mode: 0o777 });
      await chmod(shared, 0o777);
      const own = jobs.cluster;
      const refused = (pattern: RegExp) =>
        assert.rejects(jobs.train({ steps: 1, seconds: 0 }), (error) => {
          assert.ok(error instanceof SealongError);
          assert.equal(error.code, 'preflight');
          assert.match(error.message, pattern);
          return true;
        });
      jobs.cluster = { ...own, profile: { ...own.profile, workdir: shared } };
      try {
        const other = await mkdtemp(join(lab.folder, 'other-'));
        await run('chown', ['daemon:', other]);
        await symlink(other, join(shared, 'trainer'));
        await refused(/shared\/trainer belongs to daemon.*workdir of your own/s);
        await rm(join(shared, 'trainer'));
        // Also of a link that somebody else made to what is the user's own.
        await run('chown', [`${lab.user}:`, other]);
        await symlink(other, join(shared, 'trainer'));
        await run('chown', ['-h', 'daemon:', join(shared, 'trainer')]);
        await refused(/shared\/trainer belongs to daemon/);
      } finally {
        jobs.cluster = own;
      }
    });

    it('trains, is followed to the end, and the adapter is fetched', async () => {
      const { job } = await jobs.train({ steps: 3, seconds: 0.2 });
      const summary = await jobs.follow([job]);
      assert.equal(summary.jobs[0]?.state, 'done');
      assert.deepEqual(await jobs.stepsOf(job), [1, 2, 3]);
      const fetched = await jobs.fetch(job);
      assert.equal(fetched.files, 2);
      assert.equal(await readFile(join(fetched.folder, 'adapter_config.json'), 'utf8'), '{"r": 8}');
      const record = await jobs.record(job);
      assert.ok(isTraining(record) && record.fetched_at);
      assert.equal(record.adapter?.files, 2);
      const starts = await readFile(join(fetched.folder, '../starts.txt'), 'utf8');
      assert.match(starts, /^\S+Z \S+ \d*\n$/);
      assert.deepEqual(
        (await jobs.states(job)).filter((state) => state !== 'running'),
        ['prepared', 'submitted', 'done'],
      );
    });

    it('does not send the same work twice, unless asked to', async () => {
      const recipe = { steps: 1, seconds: 0.1, seed: 2 };
      const first = await jobs.train(recipe);
      await assert.rejects(jobs.train(recipe), (error) => {
        assert.ok(error instanceof SealongError);
        assert.equal(error.code, 'job_exists');
        return true;
      });
      const second = await jobs.train(recipe, { again: true });
      assert.notEqual(second.job, first.job);
      await jobs.follow([first.job, second.job]);
    });

    it('goes on with a job whose submission was never answered', async () => {
      const recipe = { steps: 1, seconds: 0.3, seed: 3 };
      const first = await jobs.train(recipe);
      const record = await jobs.record(first.job);
      const { scheduler_id: id, ...place } = record.place as {
        kind: 'cluster';
        scheduler_id?: string;
      } & object;
      assert.ok(id);
      await writeFile(
        join(jobs.study.dir, 'training', record.id, 'job.json'),
        JSON.stringify({ ...record, state: 'prepared', place }),
      );
      const again = await jobs.train(recipe);
      assert.deepEqual([again.job, again.scheduler_id], [first.job, id]);
      await jobs.follow([again.job]);
      assert.deepEqual(await jobs.stepsOf(again.job), [1]);
    });

    it('sends a job to its end whose upload was cut off, from what it kept', async () => {
      await lab.wrap('rsync', 'exit 1');
      await assert.rejects(jobs.train({ steps: 2, seconds: 0.1, seed: 10 }));
      await assert.rejects(jobs.train({ steps: 3, seconds: 0.1, seed: 11 }));
      await lab.unwrap('rsync');
      const { jobs: all } = await listJobs(jobs.study);
      const [cut, other, ...more] = all.filter(({ state }) => state === 'prepared');
      assert.ok(cut && other && more.length === 0);
      // The study goes on meanwhile; the job is what it was.
      await jobs.writePairs('{"c": 3}\n');
      try {
        const { attempt, state } = await jobs.resume(cut.id);
        assert.deepEqual([attempt, state], [1, 'submitted']);
        await assert.rejects(jobs.resume(cut.id), /is submitted\. Follow it/);
        await jobs.sendUnsent();
        assert.ok(jobs.messages.some((said) => said.startsWith(`Job ${other.id} was sent to lab`)));
        await jobs.sendUnsent();
        assert.match(jobs.messages.at(-1) ?? '', /No job of this study was cut off/);
        const summary = await jobs.follow([cut.id, other.id]);
        assert.deepEqual(
          summary.jobs.map(({ state }) => state),
          ['done', 'done'],
        );
        assert.deepEqual(await jobs.stepsOf(cut.id), [1, 2]);
        assert.deepEqual(await jobs.stepsOf(other.id), [1, 2, 3]);
        const log = join(jobs.study.dir, 'training', cut.id, 'log.txt');
        assert.match(await readFile(log, 'utf8'), /fake trainer on 2 pairs/);
        assert.equal((await listJobs(jobs.study)).jobs.length, all.length);
      } finally {
        await jobs.writePairs('{"a": 1}\n{"b": 2}\n');
      }
    });

    it('follows over a connection that is cut again and again, nothing twice and nothing missing', async () => {
      const { job } = await jobs.train({ steps: 20, seconds: 0.2, seed: 4 });
      const following = jobs.follow([job]);
      let cut = 0;
      for (let cuts = 0; cuts < 4; cuts++) {
        await new Promise((resolve) => setTimeout(resolve, 700));
        cut += await lab.cutConnections();
      }
      const summary = await following;
      assert.equal(summary.jobs[0]?.state, 'done');
      assert.deepEqual(await jobs.stepsOf(job), upTo(20));
      assert.ok(cut > 0);
    });

    it('shows what happened while nobody looked', async () => {
      const { job, folder } = await jobs.train({ steps: 5, seconds: 0.1, seed: 5, fail: true });
      await untilWritten(join(folder, 'exit'));
      const summary = await jobs.follow([job]);
      assert.equal(summary.jobs[0]?.state, 'failed');
      assert.equal(summary.jobs[0].error, 'as asked');
      // With what to do, and what its log says.
      assert.match(jobs.messages.at(-1) ?? '', /failed.*sealong resume.*ValueError: as asked/s);
      assert.deepEqual(await jobs.stepsOf(job), [1, 2, 3, 4, 5]);
    });

    it('says that the state of the trainer cannot be read, and follows on', async () => {
      const { job } = await jobs.train({ steps: 2, seconds: 0.2, seed: 9, garbled: true });
      const summary = await jobs.follow([job]);
      assert.equal(summary.jobs[0]?.state, 'done');
      assert.match(summary.jobs[0].error ?? '', /state\.json is not as the trainer writes it/);
      const said = jobs.messages.filter((message) => message.includes('state.json'));
      assert.equal(said.length, 1, said.join('\n'));
      assert.deepEqual(await jobs.stepsOf(job), [1, 2]);
    });

    it('goes on from the checkpoint of a job that was stopped', async () => {
      const { job, folder } = await jobs.train({ steps: 12, seconds: 0.4, seed: 8 });
      await untilWritten(join(folder, 'metrics.jsonl'));
      await jobs.cancel(job);
      await jobs.follow([job]);
      const before = await jobs.stepsOf(job);
      assert.ok(before.length < 12);
      const resumed = await jobs.resume(job);
      assert.equal(resumed.attempt, 2);
      const summary = await jobs.follow([job]);
      assert.equal(summary.jobs[0]?.state, 'done');
      assert.deepEqual(await jobs.stepsOf(job), upTo(12));
      await assert.rejects(jobs.resume(job), /is done/);
    });

    it('cancels a job and lists what it left before removing it', async () => {
      const { job, folder } = await jobs.train({ steps: 500, seconds: 0.2, seed: 6 });
      await untilWritten(join(folder, 'metrics.jsonl'));
      await assert.rejects(jobs.clean(job, true), /Cancel it first/);
      await jobs.cancel(job);
      const summary = await jobs.follow([job]);
      assert.equal(summary.jobs[0]?.state, 'cancelled');
      const listed = await jobs.clean(job, false);
      assert.ok(listed.files.some(({ file }) => file === 'log.txt'));
      assert.ok((await readdir(folder)).length > 0);
      await jobs.clean(job, true);
      await assert.rejects(readdir(folder), /ENOENT/);
    });

    it('sends nothing to a cluster that is not ready, and says all that is missing', async () => {
      const whole = jobs.cluster;
      jobs.cluster = {
        name: 'lab',
        profile: { ...whole.profile, setup: [], gpus: 64, workdir: '/proc/nowhere' },
      };
      try {
        await assert.rejects(jobs.train({ steps: 1, seconds: 0, seed: 7 }), (error) => {
          assert.ok(error instanceof SealongError);
          assert.equal(error.code, 'preflight');
          for (const what of ['working folder', 'GPUs', 'trainer environment'])
            assert.match(error.message, new RegExp(what));
          return true;
        });
      } finally {
        jobs.cluster = whole;
      }
    });
  });
