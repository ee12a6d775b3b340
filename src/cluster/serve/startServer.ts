import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../clock.ts';
import { SealongError, systemCodeOf } from '../../errors.ts';
import type { Stage } from '../../stage.ts';
import { lockStage } from '../../study/lock.ts';
import type { Study } from '../../study/study.ts';
import {
  isTraining,
  jobFolder,
  listJobs,
  SERVE,
  writeJob,
  type ServerJob,
} from '../../training/jobRecord.ts';
import { hasEnded } from '../../training/jobState.ts';
import type { Cluster } from '../clusterProfile.ts';
import { JobsOnCluster, remoteJob } from '../followJobs.ts';
import { jobBegun } from '../jobBegun.ts';
import { mustBeReady, preflight, type Check } from '../preflight.ts';
import { schedulerOf } from '../schedulerOf.ts';
import { schedulerIdOf, sendJob } from '../sendJob.ts';
import type { SshHost } from '../ssh/sshHost.ts';
import { planUploads } from '../transfer/upload.ts';
import { servedAdapter, type ServedAdapter } from './servedAdapter.ts';
import { serverScript } from './serverScript.ts';
import { DEFAULT_ENGINE, serverPlan } from './serverTemplate.ts';

export interface ServerRequest {
  /** Name of a template: `vllm`, `sglang` or one of the profile's. */
  engine?: string;
  /** Hub id, or a folder on the cluster; what the study samples where absent. */
  model?: string;
  /** A job of the study, a folder here, or a folder on the cluster. */
  adapter?: string;
}

export interface ServeSummary {
  stage: 'serve';
  cluster: string;
  host: string;
  job: string | null;
  state: ServerJob['state'] | 'planned';
  scheduler_id: string | null;
  folder: string;
  engine: string;
  model: string;
  adapter: string | null;
  served_model: string;
  checks: Check[];
  upload_bytes: number;
  script: string;
}

/** File beside a server's record with the key that it asks for; readable by its owner alone. */
const KEY_FILE = 'api_key';

/**
 * Sends an inference server to a cluster as a job, once; one that runs there with the same model and adapter is taken instead.
 *
 * @throws SealongError `preflight`, `no_engine`, `no_adapter`, `busy`, or what is said of the connection.
 */
export async function* startServer(
  study: Study,
  request: ServerRequest,
  ports: { clock: Clock; host: SshHost; cluster: Cluster },
  options: { plan: boolean; again: boolean; signal: AbortSignal },
): Stage<ServeSummary> {
  const { clock, host, cluster } = ports;
  const { signal } = options;
  const { engine = DEFAULT_ENGINE, model = study.config.sampling.model } = request;
  const plan = serverPlan(cluster.profile, engine);
  const serving: Cluster = { name: cluster.name, profile: plan.profile };
  const unlock = await lockStage(study, SERVE);
  try {
    const { checks, workdir } = await preflight(
      host,
      serving,
      {
        bytes: 0,
        model,
        environment: {
          what: `${engine} environment`,
          modules: plan.template.modules,
          remedy: `Install it there, and name its Python as servers.${engine}.python in the cluster's profile.`,
        },
      },
      signal,
    );
    const adapter =
      request.adapter === undefined
        ? undefined
        : await servedAdapter(study, request.adapter, { cluster, host, workdir }, signal);
    const wanted = { engine, model, adapter };
    const running = await runningServer(study, wanted, ports, options);
    const job = running ?? newServer(wanted, { clock, cluster, workdir });
    const remote = remoteJob(job);
    if (!remote) throw new Error('The server is no job of a cluster.');
    const script = serverScript({
      cluster: cluster.name,
      name: remote.name,
      jobFolder: remote.folder,
      plan,
      model,
      ...(adapter ? { adapter } : {}),
    });
    const uploads = await planUploads(host, adapter?.uploads ?? [], signal);
    const summary: ServeSummary = {
      stage: 'serve',
      cluster: cluster.name,
      host: host.host,
      job: job.id,
      state: job.state,
      scheduler_id: schedulerIdOf(job),
      folder: remote.folder,
      engine,
      model,
      adapter: adapter?.path ?? null,
      served_model: job.server.served_model,
      checks,
      upload_bytes: uploads.reduce((sum, { there, bytes }) => sum + (there ? 0 : bytes), 0),
      script,
    };
    for (const check of checks)
      if (check.outcome === 'warning')
        yield { type: 'warning', message: `${check.what}: ${check.detail}` };
    if (options.plan) {
      const isNew = job.state === 'prepared';
      yield {
        type: 'done',
        summary: isNew ? { ...summary, job: null, state: 'planned' } : summary,
      };
      return;
    }
    if (job.state !== 'prepared') {
      yield {
        type: 'note',
        message: `Server ${job.id} on ${cluster.name} serves the same already: it is taken.`,
      };
      yield { type: 'done', summary };
      return;
    }
    mustBeReady(serving, checks);
    await writeJob(study, job);
    const value = await keptKey(study, job.id);
    const files = { uploads, own: [], script, secret: { name: KEY_FILE, value } };
    const submitted = yield* sendJob(study, { clock, host, cluster: serving }, job, files, signal);
    const { state } = submitted;
    yield {
      type: 'done',
      summary: { ...summary, state, scheduler_id: schedulerIdOf(submitted) },
    };
  } finally {
    await unlock();
  }
}

interface WantedServer {
  engine: string;
  model: string;
  adapter: ServedAdapter | undefined;
}

/** The server that runs there with the same model and adapter, or was begun and not submitted. */
async function runningServer(
  study: Study,
  { engine, model, adapter }: WantedServer,
  { clock, host, cluster }: { clock: Clock; host: SshHost; cluster: Cluster },
  { again, signal }: { again: boolean; signal: AbortSignal },
): Promise<ServerJob | undefined> {
  const { jobs } = await listJobs(study);
  const same = jobs.findLast(
    (job): job is ServerJob =>
      !isTraining(job) &&
      job.place.kind === 'cluster' &&
      job.place.cluster === cluster.name &&
      job.server.engine === engine &&
      job.server.model === model &&
      job.server.adapter?.path === adapter?.path &&
      !hasEnded(job.state),
  );
  if (!same || same.state === 'prepared') return same;
  if (again) return undefined;
  // It may have ended since anybody looked.
  const looker = new JobsOnCluster(study, host, schedulerOf(cluster.profile), clock);
  const [seen] = (await looker.look([same], signal)).jobs;
  if (!seen || isTraining(seen)) return undefined;
  return hasEnded(seen.state) || seen.state === 'completing' ? undefined : seen;
}

function newServer(
  { engine, model, adapter }: WantedServer,
  { clock, cluster, workdir }: { clock: Clock; cluster: Cluster; workdir: string },
): ServerJob {
  const from = adapter?.from === undefined ? {} : { from: adapter.from };
  const place = { cluster: cluster.name, scheduler: cluster.profile.scheduler };
  return {
    ...jobBegun(clock.now(), SERVE, { ...place, jobs: `${workdir}/jobs` }),
    kind: 'serve',
    server: {
      engine,
      model,
      ...(adapter ? { adapter: { path: adapter.path, ...from } } : {}),
      served_model: adapter
        ? serverPlan(cluster.profile, engine)
            .template.adapter_model.replaceAll('{model}', model)
            .replaceAll('{adapter}', adapter.name)
        : model,
    },
  };
}

/** The key of a server: what was drawn for it before, so that what it was given and what is asked with agree. */
async function keptKey(study: Study, id: string): Promise<string> {
  const known = await serverKey(study, id);
  if (known !== undefined) return known;
  const key = randomBytes(32).toString('base64url');
  await writeFile(join(jobFolder(study, id), KEY_FILE), key, { mode: 0o600 });
  return key;
}

export async function serverKey(study: Study, id: string): Promise<string | undefined> {
  try {
    return await readFile(join(jobFolder(study, id), KEY_FILE), 'utf8');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw new SealongError(
      'no_key',
      `The key of server ${id} cannot be read from ${join(jobFolder(study, id), KEY_FILE)}. Mend its permissions.`,
      { cause: error },
    );
  }
}
