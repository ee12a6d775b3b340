import assert from 'node:assert/strict';
import { mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import { clusterProfileSchema, type Cluster } from '../../src/cluster/clusterProfile.ts';
import { followJobs } from '../../src/cluster/followStage.ts';
import { cancelJob, cleanJob, fetchJob } from '../../src/cluster/jobActions.ts';
import { resumeJob } from '../../src/cluster/resumeJob.ts';
import { SshHost } from '../../src/cluster/ssh/sshHost.ts';
import { trainOnCluster, type TrainingInputs } from '../../src/cluster/trainOnCluster.ts';
import { SealongError } from '../../src/errors.ts';
import { runStage } from '../../src/stage.ts';
import { initStudy, type Study } from '../../src/study/study.ts';
import { readJob } from '../../src/training/jobRecord.ts';
import { fakeTrainer } from './support/fakeTrainer.ts';
import { Lab } from './support/lab.ts';

const { signal } = new AbortController();
const LOOK_MS = 300;

for (const scheduler of ['slurm', 'none'] as const)
  describe(`Training on a cluster with scheduler "${scheduler}"`, () => {
    let lab: Lab;
    let here: string;
    let cluster: Cluster;
    let trainer: string;
    let study: Study;

    before(async () => {
      lab = await Lab.start();
      here = await mkdtemp(join(tmpdir(), 'sealong-test-'));
      const fake = await fakeTrainer(here, join(lab.folder, 'python'));
      trainer = fake.folder;
      cluster = {
        name: 'lab',
        profile: clusterProfileSchema.parse({
          host: 'lab-login',
          scheduler,
          gpus: scheduler === 'slurm' ? 8 : 0,
          setup: fake.setup,
          workdir: "~/my work's",
        }),
      };
      study = await initStudy(join(here, 'study'));
      await mkdir(join(study.paths.exports, 'first'), { recursive: true });
      await writeFile(join(study.paths.exports, 'first/manifest.json'), '{}');
      await writeFile(join(study.paths.exports, 'first/pairs.jsonl'), '{"a": 1}\n{"b": 2}\n');
    });
    after(async () => {
      await lab.stop();
      await rm(here, { recursive: true, force: true });
    });

    const inputs = (recipe: object): TrainingInputs => ({
      export: 'first',
      pairs: join(study.paths.exports, 'first/pairs.jsonl'),
      manifest: join(study.paths.exports, 'first/manifest.json'),
      method: 'orpo',
      model: 'org/model',
      trainer,
      recipe: ({ pairs }) => ({ pairs, ...recipe }),
    });
    const withHost = async <T>(use: (host: SshHost) => Promise<T>): Promise<T> => {
      const host = await open();
      try {
        return await use(host);
      } finally {
        await host.close();
      }
    };
    const open = () => SshHost.open({ host: 'lab-login', configFile: lab.sshConfig });
    const train = (recipe: object, options: { plan?: boolean; again?: boolean } = {}) =>
      withHost((host) =>
        runStage(
          trainOnCluster(
            study,
            { clock: systemClock, host, cluster, inputs: inputs(recipe) },
            { plan: false, again: false, signal, ...options },
          ),
        ),
      );
    const follow = (jobs: readonly (string | null)[]) =>
      runStage(
        followJobs(
          study,
          { clock: systemClock, open: async () => ({ cluster, host: await open() }) },
          {
            follow: true,
            lookMs: LOOK_MS,
            jobIds: new Set(jobs.flatMap((job) => job ?? [])),
            signal,
          },
        ),
      );
    const metricsOf = async (job: string | null) =>
      (await readFile(join(study.dir, 'training', job ?? '', 'metrics.jsonl'), 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { step: number }).step);

    it('says what it would send and run, and sends nothing', async () => {
      const planned = await train({ steps: 1, seconds: 0 }, { plan: true });
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

    it('trains, is followed to the end, and the adapter is fetched', async () => {
      const { job } = await train({ steps: 3, seconds: 0.2 });
      const summary = await follow([job]);
      assert.equal(summary.jobs[0]?.state, 'done');
      assert.deepEqual(await metricsOf(job), [1, 2, 3]);
      const fetched = await withHost((host) =>
        fetchJob(study, { host, clock: systemClock }, job ?? '', signal),
      );
      assert.equal(fetched.files, 2);
      assert.equal(await readFile(join(fetched.folder, 'adapter_config.json'), 'utf8'), '{"r": 8}');
      const record = await readJob(study, job ?? '');
      assert.ok(record.fetched_at);
      assert.deepEqual(
        record.history
          .map(({ state }) => state)
          .filter((state) => state !== 'running' && state !== 'pending' && state !== 'completing'),
        ['prepared', 'submitted', 'done'],
      );
    });

    it('does not send the same work twice, unless asked to', async () => {
      const recipe = { steps: 1, seconds: 0.1, seed: 2 };
      const first = await train(recipe);
      await assert.rejects(train(recipe), (error) => {
        assert.ok(error instanceof SealongError);
        assert.equal(error.code, 'job_exists');
        return true;
      });
      const second = await train(recipe, { again: true });
      assert.notEqual(second.job, first.job);
      await follow([first.job, second.job]);
    });

    it('goes on with a job whose submission was never answered', async () => {
      const recipe = { steps: 1, seconds: 0.3, seed: 3 };
      const first = await train(recipe);
      const record = await readJob(study, first.job ?? '');
      const { scheduler_id: id, ...place } = record.place as {
        kind: 'cluster';
        scheduler_id?: string;
      } & object;
      assert.ok(id);
      await writeFile(
        join(study.dir, 'training', record.id, 'job.json'),
        JSON.stringify({ ...record, state: 'prepared', place }),
      );
      const again = await train(recipe);
      assert.deepEqual([again.job, again.scheduler_id], [first.job, id]);
      await follow([again.job]);
      assert.deepEqual(await metricsOf(again.job), [1]);
    });

    it('follows over a connection that is cut again and again, nothing twice and nothing missing', async () => {
      const { job } = await train({ steps: 20, seconds: 0.2, seed: 4 });
      const following = follow([job]);
      let cut = 0;
      for (let cuts = 0; cuts < 4; cuts++) {
        await new Promise((resolve) => setTimeout(resolve, 700));
        cut += await lab.cutConnections();
      }
      const summary = await following;
      assert.equal(summary.jobs[0]?.state, 'done');
      assert.deepEqual(
        await metricsOf(job),
        Array.from({ length: 20 }, (_, step) => step + 1),
      );
      assert.ok(cut > 0);
    });

    it('shows what happened while nobody looked', async () => {
      const { job } = await train({ steps: 5, seconds: 0.1, seed: 5, fail: true });
      await new Promise((resolve) => setTimeout(resolve, 4000));
      const summary = await follow([job]);
      assert.equal(summary.jobs[0]?.state, 'failed');
      assert.equal(summary.jobs[0].error, 'as asked');
      assert.deepEqual(await metricsOf(job), [1, 2, 3, 4, 5]);
    });

    it('goes on from the checkpoint of a job that was stopped', async () => {
      const { job, folder } = await train({ steps: 12, seconds: 0.4, seed: 8 });
      const id = job ?? '';
      await untilWritten(join(folder, 'metrics.jsonl'));
      await withHost((host) => cancelJob(study, { host, profile: cluster.profile }, id, signal));
      await follow([job]);
      const before = await metricsOf(job);
      assert.ok(before.length < 12);
      const resumed = await withHost((host) =>
        runStage(resumeJob(study, { clock: systemClock, host, cluster }, id, signal)),
      );
      assert.equal(resumed.attempt, 2);
      const summary = await follow([job]);
      assert.equal(summary.jobs[0]?.state, 'done');
      assert.deepEqual(
        await metricsOf(job),
        Array.from({ length: 12 }, (_, step) => step + 1),
      );
      await assert.rejects(
        withHost((host) =>
          runStage(resumeJob(study, { clock: systemClock, host, cluster }, id, signal)),
        ),
        /is done/,
      );
    });

    it('cancels a job and lists what it left before removing it', async () => {
      const { job, folder } = await train({ steps: 500, seconds: 0.2, seed: 6 });
      const id = job ?? '';
      await untilWritten(join(folder, 'metrics.jsonl'));
      await withHost(async (host) => {
        await assert.rejects(
          cleanJob(study, { host }, id, { remove: true, signal }),
          /Cancel it first/,
        );
        await cancelJob(study, { host, profile: cluster.profile }, id, signal);
      });
      const summary = await follow([job]);
      assert.equal(summary.jobs[0]?.state, 'cancelled');
      await withHost(async (host) => {
        const listed = await cleanJob(study, { host }, id, { remove: false, signal });
        assert.ok(listed.files.some(({ file }) => file === 'log.txt'));
        assert.ok((await readdir(folder)).length > 0);
        await cleanJob(study, { host }, id, { remove: true, signal });
        await assert.rejects(readdir(folder), /ENOENT/);
      });
    });

    it('sends nothing to a cluster that is not ready, and says all that is missing', async () => {
      const whole = cluster;
      cluster = {
        name: 'lab',
        profile: { ...cluster.profile, setup: [], gpus: 64, workdir: '/proc/nowhere' },
      };
      try {
        await assert.rejects(train({ steps: 1, seconds: 0, seed: 7 }), (error) => {
          assert.ok(error instanceof SealongError);
          assert.equal(error.code, 'preflight');
          for (const what of ['working folder', 'GPUs', 'trainer environment'])
            assert.match(error.message, new RegExp(what));
          return true;
        });
      } finally {
        cluster = whole;
      }
    });
  });

async function untilWritten(file: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const written = await readFile(file, 'utf8').catch(() => '');
    if (written !== '') return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${file} was never written.`);
}
