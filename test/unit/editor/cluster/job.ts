import type { Job } from '../../../../src/editor/cluster/job.ts';
import type { TrainingJob } from '../../../../src/training/jobRecord.ts';

/** A job of the study "Harrow" on the cluster "lab". */
export function jobOf(record: Partial<TrainingJob>, rest: Partial<Job> = {}): Job {
  return {
    dir: '/studies/harrow',
    study: 'Harrow',
    trainer: undefined,
    problem: undefined,
    metrics: [],
    cutOff: false,
    sending: false,
    ...rest,
    record: {
      kind: 'train',
      v: 1,
      id: '20260131-140500-orpo-3f2a',
      created_at: '2026-01-31T14:05:00.000Z',
      place: { kind: 'cluster', cluster: 'lab', scheduler: 'slurm', folder: '/scratch/jobs/x' },
      export: { name: 'training', manifest_sha256: 'm', pairs_sha256: 'p' },
      recipe_sha256: 'r',
      attempt: 1,
      state: 'running',
      history: [],
      ...record,
    },
  };
}

/** A member of the sweep "fig3", which trains on 512 examples and twice as many for each after it. */
export function memberOf(
  index: number,
  record: Partial<TrainingJob>,
  submission = 'first',
  rest: Partial<Job> = {},
): Job {
  const examples = 512 * 2 ** index;
  return jobOf(
    {
      id: `20260131-140500-orpo-000${index}`,
      sweep: {
        id: submission,
        name: 'fig3',
        member: `examples-${examples}`,
        values: { examples },
        ...{ index, of: 3 },
      },
      ...record,
    },
    rest,
  );
}

/** `steps` steps, with the loss going down from 1. */
export function metricsOf(steps: number): Job['metrics'] {
  return Array.from({ length: steps }, (_, at) => ({
    step: at + 1,
    loss: 1 - at / steps,
    margin: at / steps,
    lr: 5e-5,
  }));
}
