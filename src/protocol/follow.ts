import type { ClusterAccess } from '../cluster/connect.ts';
import type { FollowNews } from '../cluster/followClusters.ts';

/** Every message between the editor and the worker that follows jobs on clusters. */
export type ToFollowWorker =
  | { type: 'follow'; studies: readonly string[]; access: ClusterAccess }
  /** The studies whose jobs are followed from now on. */
  | { type: 'studies'; studies: readonly string[] }
  | { type: 'stop' };

export type FromFollowWorker =
  | FollowNews
  /** The last message: no job is open any more, or it was told to stop. */
  | { type: 'ended' }
  /** The last message: something that was not foreseen. `detail` (a stack) is for the log. */
  | { type: 'failed'; message: string; detail?: string };
