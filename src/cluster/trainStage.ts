import type { Clock } from '../clock.ts';
import type { Stage } from '../stage.ts';
import type { Study } from '../study/study.ts';
import { exportForTraining } from '../training/trainLocally.ts';
import { readTrainingExport } from '../training/trainingExports.ts';
import { openCluster, type ClusterAccess } from './connect.ts';
import { followJobs } from './followStage.ts';
import { trainOnCluster, type TrainOnClusterSummary } from './trainOnCluster.ts';
import { trainingInputs } from './trainingInputs.ts';

/** What training on a cluster of the user's needs, of one job and of a sweep alike. */
export interface NamedClusterPorts {
  clock: Clock;
  access: ClusterAccess;
  trainerFolder: string;
  embeddedFolder?: string | undefined;
}

export interface ClusterTraining {
  cluster: string;
  /** Name of an export that is there; the pairs as they are now where undefined. */
  export: string | undefined;
  /** Look and say what would be sent and run; send nothing. */
  plan: boolean;
  /** Go on until the job has ended. */
  follow: boolean;
  again: boolean;
}

/** Exports the study's pairs, sends a job to a cluster of the user's, and follows it where asked to. */
export async function* trainOnNamedCluster(
  study: Study,
  request: ClusterTraining,
  ports: NamedClusterPorts,
  signal: AbortSignal,
): Stage<object> {
  const { clock, access } = ports;
  const exported =
    request.export === undefined
      ? yield* exportForTraining(study, clock, signal)
      : await readTrainingExport(study, request.export);
  const name = request.export ?? 'training';
  const inputs = await trainingInputs(study, { ...exported, name }, ports);
  const { cluster, host } = await openCluster(access, request.cluster);
  let sent: TrainOnClusterSummary | undefined;
  try {
    const stage = trainOnCluster(
      study,
      {
        clock,
        host,
        cluster,
        inputs,
      },
      { plan: request.plan, again: request.again, signal },
    );
    for await (const event of stage) {
      if (event.type === 'done') sent = event.summary;
      else yield event;
    }
  } finally {
    await host.close();
  }
  if (!sent) throw new Error('Sending the job ended without a summary.');
  if (!request.follow || sent.job === null) {
    yield { type: 'done', summary: sent };
    return;
  }
  const open = (name: string) => openCluster(access, name);
  const options = { follow: true, jobIds: new Set([sent.job]), signal };
  for await (const event of followJobs(study, { clock, open }, options))
    yield event.type === 'done'
      ? { type: 'done', summary: { ...sent, ...event.summary.jobs[0] } }
      : event;
}
