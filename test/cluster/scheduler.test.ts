import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { clusterProfileSchema } from '../../src/cluster/clusterProfile.ts';
import { jobScript } from '../../src/cluster/jobScript.ts';
import { hasEnded, type JobState, type Sighting } from '../../src/training/jobState.ts';
import { plainHost } from '../../src/cluster/plainHost/plainHost.ts';
import type { RemoteJob, Scheduler } from '../../src/cluster/scheduler.ts';
import { slurm } from '../../src/cluster/slurm/slurm.ts';
import { SshHost } from '../../src/cluster/ssh/sshHost.ts';
import { Lab } from './support/lab.ts';

const { signal } = new AbortController();
const STATE_MS = 30_000;

/** Stands in for the trainer: a Python that runs this as `-m sealong_trainer`. */
const TRAINER = `
import os, signal, sys, time
seconds, status = open('plan').read().split()
signal.signal(signal.SIGTERM, lambda *_: sys.exit(75))
signal.signal(signal.SIGUSR1, lambda *_: sys.exit(75))
print('trainer began', flush=True)
open('count', 'a').write('x')
time.sleep(float(seconds))
sys.exit(int(status))
`;

interface Place {
  name: string;
  scheduler: Scheduler;
  profile: object;
}

const PLACES: readonly Place[] = [
  { name: 'Slurm', scheduler: slurm, profile: { scheduler: 'slurm', gpus: 2, gpu_type: 'h100' } },
  {
    name: 'a host without scheduler',
    scheduler: plainHost,
    profile: { scheduler: 'none', gpus: 0 },
  },
];

for (const accounting of [false, true])
  describe(`Jobs on a cluster ${accounting ? 'with' : 'without'} accounts of past jobs`, () => {
    let lab: Lab;
    let host: SshHost;
    let home: string;
    let made = 0;

    before(async () => {
      lab = await Lab.start({ accounting });
      host = await SshHost.open({ host: 'lab-login', configFile: lab.sshConfig });
      home = (await host.mustRun('Asking', 'printf "%s" "$HOME"', {}, signal)).trim();
      await host.mustRun(
        'Preparing',
        'mkdir -p "$HOME/trainer" && printf "%s" "$code" >"$HOME/trainer/sealong_trainer.py"',
        { code: TRAINER },
        signal,
      );
    });
    after(async () => {
      await host.close();
      await lab.stop();
    });

    const prepared = async (place: Place, plan: string, more: object = {}): Promise<RemoteJob> => {
      const jobId = `job-${(made += 1)}`;
      const folder = `${home}/jobs of me/it's ${jobId}`;
      const cluster = {
        name: 'lab',
        profile: clusterProfileSchema.parse({ host: 'lab-login', ...place.profile, ...more }),
      };
      const script = jobScript({
        cluster,
        name: `sealong-${jobId}`,
        jobFolder: folder,
        trainerFolder: `${home}/trainer`,
      });
      await host.mustRun(
        'Preparing',
        'mkdir -p "$folder" && cd "$folder" && printf "%s" "$script" >run.sh && printf "%s" "$plan" >plan && echo "{}" >recipe.json',
        { folder, script, plan },
        signal,
      );
      return { jobId, name: `sealong-${jobId}`, folder };
    };
    const submitted = async (place: Place, job: RemoteJob): Promise<RemoteJob> => ({
      ...job,
      schedulerId: await place.scheduler.submit(host, job, signal),
    });
    const until = async (
      place: Place,
      job: RemoteJob,
      wanted: (state: JobState, seen: Sighting) => boolean,
    ): Promise<Sighting> => {
      const end = Date.now() + STATE_MS;
      let last: Sighting | undefined;
      while (Date.now() < end) {
        last = (await place.scheduler.sight(host, [job], signal)).get(job.jobId);
        if (last && wanted(last.state, last)) return last;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      throw new Error(`${job.jobId} stayed ${JSON.stringify(last)}`);
    };
    const fileOf = (job: RemoteJob, name: string) =>
      host.mustRun('Reading', 'cat "$file"', { file: `${job.folder}/${name}` }, signal);

    // A host without scheduler keeps no accounts.
    for (const place of accounting ? PLACES.slice(0, 1) : PLACES) {
      it(`runs a job to its end on ${place.name}`, async () => {
        const job = await submitted(place, await prepared(place, '0.2 0'));
        const { state } = await until(place, job, hasEnded);
        assert.equal(state, 'done');
        assert.match(await fileOf(job, 'log.txt'), /trainer began/);
        assert.equal((await fileOf(job, 'exit')).trim(), '0');
      });

      it(`starts a job once on ${place.name}, however often and from how many sides it is submitted`, async () => {
        const job = await prepared(place, '1 0');
        const ids = await Promise.all(
          Array.from({ length: 5 }, () => place.scheduler.submit(host, job, signal)),
        );
        assert.equal(new Set(ids).size, 1);
        assert.equal(await place.scheduler.submit(host, job, signal), ids[0]);
        await until(place, { ...job, schedulerId: ids[0] ?? '' }, hasEnded);
        assert.equal(await fileOf(job, 'count'), 'x');
      });

      it(`finds a job whose submission was cut off on ${place.name}`, async () => {
        const job = await prepared(place, '1 0');
        const first = await place.scheduler.submit(host, job, signal);
        // As where the connection broke between the scheduler's answer and our note of it, with the lock left behind.
        if (place.scheduler === slurm)
          await host.mustRun(
            'Forgetting',
            'cd "$folder" && rm scheduler_id && mkdir submitting && echo "$(hostname) 999999999" >submitting/holder',
            { folder: job.folder },
            signal,
          );
        assert.equal(await place.scheduler.submit(host, job, signal), first);
        await until(place, { ...job, schedulerId: first }, hasEnded);
        assert.equal(await fileOf(job, 'count'), 'x');
      });

      it(`tells failure on ${place.name}`, async () => {
        const job = await submitted(place, await prepared(place, '0.1 3'));
        assert.equal((await until(place, job, hasEnded)).state, 'failed');
        assert.equal((await fileOf(job, 'exit')).trim(), '3');
      });

      it(`cancels a job on ${place.name}, twice without harm`, async () => {
        const job = await submitted(place, await prepared(place, '60 0'));
        await until(place, job, (state) => state === 'running');
        await place.scheduler.cancel(host, job, signal);
        assert.equal((await until(place, job, hasEnded)).state, 'cancelled');
        await place.scheduler.cancel(host, job, signal);
      });
    }

    if (!accounting)
      it('starts a job on a host without scheduler whose start broke off before anything ran', async () => {
        const [, place] = PLACES;
        assert.ok(place);
        const job = await prepared(place, '0.1 0');
        await host.mustRun(
          'Breaking off',
          `mkdir "$folder/started"`,
          { folder: job.folder },
          signal,
        );
        assert.equal(
          (await place.scheduler.sight(host, [job], signal)).get(job.jobId)?.state,
          'prepared',
        );
        await until(place, await submitted(place, job), hasEnded);
        assert.equal(await fileOf(job, 'count'), 'x');
      });

    it('finds the id of a job in what a wrapper of sbatch says besides', async () => {
      const [place] = PLACES;
      assert.ok(place);
      const wrappers = [
        `echo 'Project 4711 has 12 hours left'; "$real" "$@"; status=$?; echo; echo 'Thank you.'; exit $status`,
        `"$real" "$@" | sed 's/$/;lab/'`,
        `shift; "$real" "$@"`,
      ];
      for (const wrapper of wrappers) {
        await lab.wrap('sbatch', wrapper);
        try {
          const job = await submitted(place, await prepared(place, '0.1 0'));
          assert.match(job.schedulerId ?? '', /^\d+$/);
          assert.equal((await until(place, job, hasEnded)).state, 'done');
        } finally {
          await lab.unwrap('sbatch');
        }
      }
    });

    it('sees a job whatever its user likes to see of the queue', async () => {
      const [place] = PLACES;
      assert.ok(place);
      const liked =
        'export SQUEUE_FORMAT2=jobid SQUEUE_STATES=PENDING SQUEUE_USERS=root SACCT_FORMAT=user';
      await host.mustRun('Writing', 'printf "%s\\n" "$liked" >"$HOME/.bashrc"', { liked }, signal);
      try {
        assert.match(await host.mustRun('Asking', 'echo "$SQUEUE_FORMAT2"', {}, signal), /jobid/);
        const job = await submitted(place, await prepared(place, '1 0'));
        await until(place, job, (state) => state === 'running');
        await until(place, job, (state) => state === 'done');
      } finally {
        await host.mustRun('Removing', 'rm "$HOME/.bashrc"', {}, signal);
      }
    });

    it('says why a job of Slurm waits, and that it is refused', async () => {
      const [place] = PLACES;
      assert.ok(place);
      const jobs: RemoteJob[] = [];
      for (let at = 0; at < 3; at++)
        jobs.push(await submitted(place, await prepared(place, '60 0', { gpus: 8 })));
      // Slurm says why once it has looked at the job.
      const waiting = await until(
        place,
        jobs[2] ?? { jobId: '', name: '', folder: '' },
        (state, { reason }) => state === 'pending' && reason !== undefined,
      ).finally(() => Promise.all(jobs.map((job) => place.scheduler.cancel(host, job, signal))));
      assert.match(waiting.reason ?? '', /Resources|Priority/);
      const refused = await prepared(place, '1 0', { partition: 'nowhere' });
      await assert.rejects(
        place.scheduler.submit(host, refused, signal),
        /does not take the job.*partition/i,
      );
    });
  });
