import { newJobId } from '../training/jobRecord.ts';

/**
 * What the record of every job on a cluster begins with, before anything is sent.
 *
 * @param where `jobs` is the folder of all jobs there, absolute.
 */
export function jobBegun(
  now: Date,
  method: string,
  where: { cluster: string; scheduler: 'slurm' | 'none'; jobs: string },
) {
  const id = newJobId(now, method);
  const { cluster, scheduler, jobs } = where;
  return {
    v: 1 as const,
    id,
    created_at: now.toISOString(),
    place: { kind: 'cluster' as const, cluster, scheduler, folder: `${jobs}/${id}` },
    attempt: 1,
    state: 'prepared' as const,
    history: [{ at: now.toISOString(), state: 'prepared' as const }],
  };
}
