import type { ClusterProfile } from './clusterProfile.ts';
import { plainHost } from './plainHost/plainHost.ts';
import type { Scheduler } from './scheduler.ts';
import { slurm } from './slurm/slurm.ts';

export function schedulerOf(profile: ClusterProfile): Scheduler {
  return profile.scheduler === 'slurm' ? slurm : plainHost;
}
