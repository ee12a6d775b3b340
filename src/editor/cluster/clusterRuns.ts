import type { Cluster } from '../../cluster/clusterProfile.ts';
import type { ClusterAccess } from '../../cluster/connect.ts';
import { SealongError } from '../../errors.ts';
import type { StageEnvironment, StageRequest } from '../../stageRequest.ts';
import { cancelledByUser } from '../errorReporter.ts';
import type { Runs } from '../run/runs.ts';
import { settings } from '../settings.ts';
import { requireTrust } from '../trust.ts';
import type { Connections } from './connections.ts';

export interface ClusterRunsPorts {
  runs: Pick<Runs, 'start'>;
  connections: Connections;
  /** Folder that holds the trainer's package. */
  trainerFolder: string;
  embeddingWorker: URL;
  tokenWorker: URL;
}

/** Stages that have to do with a cluster, run over the window's connection to it. */
export class ClusterRuns {
  readonly #ports: ClusterRunsPorts;

  constructor(ports: ClusterRunsPorts) {
    this.#ports = ports;
  }

  /**
   * @param doing as in "Training on a cluster", for the message where the workspace is not trusted.
   * @returns the stage's summary.
   * @throws SealongError as the stage does, `untrusted`; an abort where the user cancels.
   */
  async run(cluster: Cluster, request: StageRequest, doing: string): Promise<object> {
    requireTrust(doing);
    const { connections } = this.#ports;
    await connections.connect(cluster);
    const { environment, revoke } = await connections.grant();
    try {
      return await this.#started(request, connections.access(environment));
    } finally {
      revoke();
    }
  }

  /** A stage that connects to nothing. */
  runHere(request: StageRequest): Promise<object> {
    return this.#started(request);
  }

  async #started(request: StageRequest, clusters?: ClusterAccess): Promise<object> {
    const outcome = await this.#ports.runs.start(request, this.#environment(clusters));
    if (outcome.type === 'failed') throw new SealongError(outcome.code, outcome.message);
    if (outcome.type === 'cancelled') throw cancelledByUser();
    return outcome.summary;
  }

  #environment(clusters: ClusterAccess | undefined): StageEnvironment {
    const { trainerFolder, embeddingWorker, tokenWorker } = this.#ports;
    const embeddedFolder = settings.embeddedFolder();
    return {
      ...(embeddedFolder === undefined ? {} : { embeddedFolder }),
      ...(clusters === undefined ? {} : { clusters }),
      trainer: { folder: trainerFolder },
      modelCache: settings.modelCache(),
      allowDownload: false,
      embeddingWorker: embeddingWorker.href,
      tokenWorker: tokenWorker.href,
    };
  }
}
