import { studyPaths } from '../../study/study.ts';
import { isTraining, type JobRecord } from '../../training/jobRecord.ts';
import { hasEnded } from '../../training/jobState.ts';
import type { MetricsPoint } from '../../training/metricsFile.ts';
import type { TrainerState } from '../../training/trainerFiles.ts';

/** A job as its files tell it: of training, or an inference server. */
export interface Job {
  /** Folder of its study. */
  dir: string;
  study: string;
  record: JobRecord;
  /** What the trainer said last. */
  trainer: TrainerState | undefined;
  /** Why that cannot be read. */
  problem: string | undefined;
  metrics: readonly MetricsPoint[];
  /** A run on this machine whose process is gone without a word. */
  cutOff: boolean;
  /** It is being sent to its cluster, by this window or another process. */
  sending: boolean;
}

/** When its adapter was brought here; undefined for one that is not, and for a server. */
export function fetchedAt({ record }: Pick<Job, 'record'>): string | undefined {
  return isTraining(record) ? record.fetched_at : undefined;
}

/** Where the jobs of a study lie: its parameters are not needed for that, and may be wrong. */
export function filesOf(dir: string) {
  return { dir, paths: studyPaths(dir) };
}

/** Whether something may still happen to it by itself. */
export function isOpen({ record, cutOff }: Pick<Job, 'record' | 'cutOff'>): boolean {
  return !hasEnded(record.state) && !cutOff;
}

/** Whether it was begun and its sending cut off, and can be gone on with by itself: a sweep's jobs go together. */
export function isUnsent({ record, sending }: Pick<Job, 'record' | 'sending'>): boolean {
  return (
    record.place.kind === 'cluster' &&
    record.state === 'prepared' &&
    !sending &&
    isTraining(record) &&
    record.sweep === undefined
  );
}

/** Whether it is on a cluster and can be followed there. */
export function isFollowable({ record }: Pick<Job, 'record'>): boolean {
  return record.place.kind === 'cluster' && record.state !== 'prepared' && !hasEnded(record.state);
}
