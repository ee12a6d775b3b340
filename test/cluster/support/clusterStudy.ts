import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/clock.ts';
import { clusterProfileSchema, type Cluster } from '../../../src/cluster/clusterProfile.ts';
import { followJobs, type JobsSummary } from '../../../src/cluster/followStage.ts';
import { cancelJob, cleanJob, fetchJob } from '../../../src/cluster/jobActions.ts';
import { jobStage } from '../../../src/cluster/jobStages.ts';
import { resumeJob } from '../../../src/cluster/resumeJob.ts';
import { SshHost } from '../../../src/cluster/ssh/sshHost.ts';
import type { TrainingInputs } from '../../../src/cluster/trainingInputs.ts';
import { trainOnCluster } from '../../../src/cluster/trainOnCluster.ts';
import { runStage } from '../../../src/stage.ts';
import { initStudy, type Study } from '../../../src/study/study.ts';
import { readJob, type JobRecord } from '../../../src/training/jobRecord.ts';
import { fakeTrainer, type FakeRecipe } from './fakeTrainer.ts';
import type { Lab } from './lab.ts';

const { signal } = new AbortController();
/** Outside tests a scheduler is asked every 10 s at most. */
const LOOK_MS = 300;

/** A study whose pairs are trained on by the fake trainer, on a cluster of the lab, each call over a connection of its own. */
export class ClusterStudy {
  readonly study: Study;
  readonly lab: Lab;
  readonly #here: string;
  readonly #trainer: string;
  cluster: Cluster;
  /** ssh_config of the next connections. */
  sshConfig: string;
  /** What was said, oldest first. */
  readonly messages: string[] = [];

  private constructor(
    lab: Lab,
    made: { study: Study; here: string; trainer: string; cluster: Cluster },
  ) {
    this.lab = lab;
    this.sshConfig = lab.sshConfig;
    this.study = made.study;
    this.#here = made.here;
    this.#trainer = made.trainer;
    this.cluster = made.cluster;
  }

  static async make(lab: Lab, profile: object = {}): Promise<ClusterStudy> {
    const here = await mkdtemp(join(tmpdir(), 'sealong-test-'));
    const fake = await fakeTrainer(here, join(lab.folder, 'python'));
    const study = await initStudy(join(here, 'study'));
    await mkdir(join(study.paths.exports, 'first'), { recursive: true });
    await writeFile(join(study.paths.exports, 'first/manifest.json'), '{}');
    const cluster = {
      name: 'lab',
      profile: clusterProfileSchema.parse({
        host: 'lab-login',
        gpus: 0,
        setup: fake.setup,
        workdir: "~/my work's",
        ...profile,
      }),
    };
    const made = new ClusterStudy(lab, { study, here, trainer: fake.folder, cluster });
    await made.writePairs('{"a": 1}\n{"b": 2}\n');
    return made;
  }

  async remove(): Promise<void> {
    await rm(this.#here, { recursive: true, force: true });
  }

  async writePairs(lines: string | Buffer): Promise<void> {
    const file = join(this.study.paths.exports, 'first/pairs.jsonl');
    // Jobs keep links to what an export was: another takes its place, as an export does.
    await rm(file, { force: true });
    await writeFile(file, lines);
  }

  open(): Promise<SshHost> {
    return SshHost.open({ host: this.cluster.profile.host, configFile: this.sshConfig });
  }

  async withHost<T>(use: (host: SshHost) => Promise<T>): Promise<T> {
    const host = await this.open();
    try {
      return await use(host);
    } finally {
      await host.close();
    }
  }

  inputs(recipe: Partial<FakeRecipe>): TrainingInputs {
    return {
      export: 'first',
      pairs: join(this.study.paths.exports, 'first/pairs.jsonl'),
      manifest: join(this.study.paths.exports, 'first/manifest.json'),
      method: 'orpo',
      model: 'org/model',
      trainer: this.#trainer,
      recipe: ({ pairs }) => ({ pairs, steps: 1, seconds: 0, ...recipe }),
    };
  }

  train(recipe: Partial<FakeRecipe>, options: { plan?: boolean; again?: boolean } = {}) {
    return this.withHost((host) => this.trainOver(host, recipe, options));
  }

  trainOver(
    host: SshHost,
    recipe: Partial<FakeRecipe>,
    options: { plan?: boolean; again?: boolean } = {},
  ) {
    const { study, cluster } = this;
    const ports = { clock: systemClock, host, cluster, inputs: this.inputs(recipe) };
    return runStage(
      trainOnCluster(study, ports, { plan: false, again: false, signal, ...options }),
      (event) => {
        this.#hear(event);
      },
    );
  }

  /** Follows jobs to their end, over the connections of {@link sshConfig}. */
  follow(jobs: readonly (string | null)[], lookMs = LOOK_MS): Promise<JobsSummary> {
    const open = async () => ({ cluster: this.cluster, host: await this.open() });
    const jobIds = new Set(jobs.flatMap((job) => job ?? []));
    return runStage(
      followJobs(
        this.study,
        { clock: systemClock, open },
        { follow: true, lookMs, jobIds, signal },
      ),
      (event) => {
        this.#hear(event);
      },
    );
  }

  fetch(job: string | null) {
    return this.withHost((host) =>
      fetchJob(this.study, { host, clock: systemClock }, job ?? '', signal),
    );
  }

  cancel(job: string | null) {
    const { profile } = this.cluster;
    return this.withHost((host) =>
      cancelJob(this.study, { host, profile, clock: systemClock }, job ?? '', signal),
    );
  }

  resume(job: string | null) {
    return this.withHost((host) => {
      const ports = { clock: systemClock, host, cluster: this.cluster, trainerFolder: this.#here };
      return runStage(resumeJob(this.study, ports, job ?? '', signal));
    });
  }

  /** As `sealong jobs --resume`. */
  sendUnsent() {
    const configured = { lab: { ...this.cluster.profile, ssh_config: this.sshConfig } };
    const ports = {
      clock: systemClock,
      access: { configured, where: 'the test' },
      trainerFolder: this.#here,
    };
    const request = { verb: 'jobs', follow: false, resume: true } as const;
    return runStage(jobStage(this.study, request, ports, signal), (event) => {
      this.#hear(event);
    });
  }

  clean(job: string | null, remove: boolean) {
    return this.withHost((host) => cleanJob(this.study, { host }, job ?? '', { remove, signal }));
  }

  record(job: string | null): Promise<JobRecord> {
    return readJob(this.study, job ?? '');
  }

  /** States that a job went through as they were seen, without those that only a quick look sees. */
  async states(job: string | null): Promise<JobRecord['state'][]> {
    const { history } = await this.record(job);
    const fleeting = new Set(['pending', 'completing']);
    return history.map(({ state }) => state).filter((state) => !fleeting.has(state));
  }

  /** Steps of the metrics that are here, in their order. */
  async stepsOf(job: string | null): Promise<number[]> {
    const file = join(this.study.dir, 'training', job ?? '', 'metrics.jsonl');
    const text = await readFile(file, 'utf8');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { step: number }).step);
  }

  #hear(event: { type: string; message?: string }): void {
    if (event.message !== undefined) this.messages.push(event.message);
  }
}

/** 1, 2, ... to `last`. */
export function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, step) => step + 1);
}
