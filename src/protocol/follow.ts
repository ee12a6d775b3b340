import type { ClusterAccess } from '../cluster/connect.ts';
import type { FollowNews } from '../cluster/followClusters.ts';

/** Every message between the editor and the worker that follows jobs on clusters. */
export type ToFollowWorker =
  | ({ type: 'follow'; access: ClusterAccess; revision: number } & Followed)
  /** What is followed from now on. `revision` grows with each; the worker says at its end which it has looked at. */
  | ({ type: 'followed'; revision: number } & Followed)
  | { type: 'stop' };

export interface Followed {
  studies: readonly string[];
  /** Jobs of these that somebody else looks at. */
  except: readonly string[];
}

export type FromFollowWorker =
  | FollowNews
  /** The last message: no job is open any more by what it looked at last, or it was told to stop. */
  | { type: 'ended'; revision: number }
  /** The last message: something that was not foreseen. `detail` (a stack) is for the log. */
  | { type: 'failed'; message: string; detail?: string };
