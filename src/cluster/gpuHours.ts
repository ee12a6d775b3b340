import type { ClusterProfile } from './clusterProfile.ts';

/**
 * GPU-hours that as many jobs take at most, by the time limit of a cluster's profile.
 *
 * @returns null where there is no scheduler, and so no limit.
 */
export function mostGpuHours(
  { scheduler, gpus, time }: Pick<ClusterProfile, 'scheduler' | 'gpus' | 'time'>,
  jobs: number,
): number | null {
  return scheduler === 'slurm' ? jobs * gpus * hoursOf(time) : null;
}

/** Of a time limit of Slurm: MM:SS, HH:MM:SS, D-HH:MM or D-HH:MM:SS. */
function hoursOf(time: string): number {
  const [days = '', rest] = time.includes('-') ? time.split('-') : ['0', time];
  const parts = (rest ?? '').split(':').map(Number);
  // Without days, two numbers are minutes and seconds.
  const [hours = 0, minutes = 0, seconds = 0] =
    parts.length === 2 && !time.includes('-') ? [0, ...parts] : parts;
  return Number(days) * 24 + hours + minutes / 60 + seconds / 3600;
}
