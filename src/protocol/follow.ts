import type { ClusterAccess } from '../cluster/connect.ts';
import type { FollowNews } from '../cluster/followClusters.ts';

/** Every message between the editor and the worker that follows jobs on clusters. */
export type ToFollowWorker =
  | ({ type: 'follow'; access: ClusterAccess } & Followed)
  /** What is followed from now on. */
  | ({ type: 'followed' } & Followed)
  | { type: 'stop' };

export interface Followed {
  studies: readonly string[];
  /** Jobs of these that somebody else looks at. */
  except: readonly string[];
}

export type FromFollowWorker =
  | FollowNews
  /** The last message: no job is open any more, or it was told to stop. */
  | { type: 'ended' }
  /** The last message: something that was not foreseen. `detail` (a stack) is for the log. */
  | { type: 'failed'; message: string; detail?: string };
