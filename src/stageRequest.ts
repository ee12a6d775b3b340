import type { ClusterAccess } from './cluster/connect.ts';
import type { JobRequest } from './cluster/jobRequest.ts';
import type { EndpointProfile } from './endpoint/endpointProfile.ts';
import type { Setting } from './study/loadConfig.ts';

/** One run of a stage, as data: the same from the command and from the editor's worker. */
export type StageRequest = { study: string; settings: readonly Setting[] } & (
  | {
      verb: 'synthesize';
      from: string;
      format?: string;
      /** Collections: of unrelated documents, of articles. */
      distractors?: string;
      articles?: string;
      strict?: boolean;
      replace?: boolean;
    }
  | {
      verb: 'import';
      from: string;
      format?: string;
      pick?: 'random' | 'longest';
      count?: number;
      supervision?: string;
      strict?: boolean;
      replace?: boolean;
    }
  | {
      verb: 'sample';
      retryFailed?: boolean;
      questionIds?: readonly string[];
      /** Refuses to begin where it may take more tokens than this. */
      tokenLimit?: number;
    }
  | { verb: 'score' }
  /** `compare` are settings of `pairs`: another policy to be set beside the study's. */
  | { verb: 'pairs'; compare?: readonly Setting[] }
  /** `validation` is the share of questions that are set apart. */
  | { verb: 'export'; format: string; out?: string; validation?: number }
  /** `synthesis`: of the contexts alone. */
  | { verb: 'report'; scorers?: boolean; synthesis?: boolean }
  /** With the trainer on this machine or on a cluster, or what another engine reads. */
  | {
      verb: 'train';
      engine?: string;
      out?: string;
      again?: boolean;
      cluster?: string;
      /** File of a sweep, whose members are sent in place of one job. */
      sweep?: string;
      /** Name of an export that is there; the pairs as they are now where absent. */
      export?: string;
      plan?: boolean;
      follow?: boolean;
    }
  /** From a job, or an adapter of one, back to every pair and decision. */
  | { verb: 'lineage'; of: string }
  | JobRequest
);
export type StageVerb = StageRequest['verb'];

/** What a run needs of this machine and this user; never part of a study. */
export interface StageEnvironment {
  /** The inference server, where the run has one. */
  endpoint?: EndpointProfile;
  /** Folder of what tests and runs found out about endpoints; see `EndpointMemory`. */
  endpointCache?: string;
  /** For the endpoint and its replicas; never part of the profile. */
  apiKey?: string;
  /** The folder with the embedded models, where they were set up. */
  embeddedFolder?: string;
  /** The trainer's package and, where its environment is there, the Python to run it with. */
  trainer?: { folder: string; python?: string };
  /** Clusters to train on, where the run has to do with them. */
  clusters?: ClusterAccess;
  /** Where models from a hub are kept. */
  modelCache: string;
  /** For models that a hub gives only to those who accepted their licence. */
  hubToken?: string;
  /** Whether a model may be fetched from a hub. */
  allowDownload: boolean;
  /** URL of the embedding worker's script. */
  embeddingWorker: string;
  /** URL of the script of threads that count tokens; without it, the thread of the stage does. */
  tokenWorker?: string;
}
