import type { Clock } from '../clock.ts';
import type { Stage } from '../stage.ts';
import type { Study } from '../study/study.ts';
import { readJob } from '../training/jobRecord.ts';
import { trainedModel } from '../training/recipeOf.ts';
import type { Cluster } from './clusterProfile.ts';
import { openCluster, type ClusterAccess } from './connect.ts';
import { extendJob } from './extendJob.ts';
import { followJobs } from './followStage.ts';
import { cancelJob, cleanJob, fetchJob, notOnCluster } from './jobActions.ts';
import type { JobRequest } from './jobRequest.ts';
import type { SendingFolders } from './keptFiles.ts';
import { preflight, TRAINER_ENVIRONMENT, type Check } from './preflight.ts';
import { requeueJob } from './requeueJob.ts';
import { resumeJob } from './resumeJob.ts';
import { sendUnsent } from './sendUnsent.ts';
import { startServer } from './serve/startServer.ts';
import type { SshHost } from './ssh/sshHost.ts';
import { sweepAction } from './sweepActions.ts';
import type { NamedClusterPorts } from './trainStage.ts';

export interface PreflightSummary {
  stage: 'preflight';
  cluster: string;
  host: string;
  checks: Check[];
}

export async function* jobStage(
  study: Study,
  request: JobRequest,
  ports: NamedClusterPorts,
  signal: AbortSignal,
): Stage<object> {
  const { clock, access, ...folders } = ports;
  if (request.verb === 'jobs') {
    const { follow, resume = false, job } = request;
    if (resume) yield* sendUnsent(study, job, ports, signal);
    const open = (name: string) => openCluster(access, name);
    const jobIds = job === undefined ? {} : { jobIds: new Set([(await readJob(study, job)).id]) };
    yield* followJobs(study, { clock, open }, { follow, ...jobIds, signal });
    return;
  }
  if (request.verb === 'preflight') {
    yield { type: 'done', summary: await testCluster(study, request.cluster, access, signal) };
    return;
  }
  if (request.verb === 'serve') {
    const { plan = false, again = false } = request;
    const opened = await openCluster(access, request.cluster);
    try {
      yield* startServer(study, request, { clock, ...opened }, { plan, again, signal });
    } finally {
      await opened.host.close();
    }
    return;
  }
  if ('sweep' in request) {
    const of = { sweep: request.sweep, cluster: request.cluster };
    const open = (name: string) => openCluster(access, name);
    yield* sweepAction(study, request.verb, of, { clock, open }, signal);
    return;
  }
  const { place } = await readJob(study, request.job);
  if (place.kind !== 'cluster') throw notOnCluster(request.job);
  const { cluster, host } = await openCluster(access, place.cluster);
  try {
    yield* jobAction(study, request, { clock, cluster, host, ...folders }, signal);
  } finally {
    await host.close();
  }
}

async function testCluster(
  study: Study,
  name: string,
  access: ClusterAccess,
  signal: AbortSignal,
): Promise<PreflightSummary> {
  const { cluster, host } = await openCluster(access, name);
  try {
    const needs = { bytes: 0, model: trainedModel(study), environment: TRAINER_ENVIRONMENT };
    const { checks } = await preflight(host, cluster, needs, signal);
    return { stage: 'preflight', cluster: name, host: host.host, checks };
  } finally {
    await host.close();
  }
}

async function* jobAction(
  study: Study,
  request: Exclude<JobRequest, { verb: 'jobs' | 'preflight' | 'serve' } | { sweep: string }>,
  ports: { clock: Clock; cluster: Cluster; host: SshHost } & SendingFolders,
  signal: AbortSignal,
): Stage<object> {
  const { job } = request;
  switch (request.verb) {
    case 'fetch':
      yield { type: 'done', summary: await fetchJob(study, ports, job, signal) };
      return;
    case 'cancel': {
      const { profile } = ports.cluster;
      const cancelled = await cancelJob(study, { ...ports, profile }, job, signal);
      yield { type: 'done', summary: cancelled };
      return;
    }
    case 'clean': {
      const { remove } = request;
      yield { type: 'done', summary: await cleanJob(study, ports, job, { remove, signal }) };
      return;
    }
    case 'resume':
      yield* resumeJob(study, ports, job, signal);
      return;
    case 'requeue':
      yield* requeueJob(study, ports, job, signal);
      return;
    case 'extend':
      yield* extendJob(study, ports, job, { extension: request, signal });
  }
}
