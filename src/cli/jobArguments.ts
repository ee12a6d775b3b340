import { SealongError } from '../errors.ts';
import type { JobRequest } from '../cluster/jobRequest.ts';

/** Verbs about jobs of training on clusters; all but `jobs` need the id of one. */
export const JOB_VERBS = {
  jobs: {
    usage: 'jobs STUDY [JOB] [--follow] [--resume]',
    about:
      'list the jobs sent to clusters as they stand now, or follow them to their end; with --resume, send those before whose sending was cut off',
    options: ['follow', 'resume'],
  },
  fetch: {
    usage: 'fetch STUDY JOB | fetch STUDY --sweep NAME [--cluster NAME]',
    about: "bring a job's adapter here, or those of all members of a sweep that are done",
    options: ['sweep', 'cluster'],
  },
  cancel: {
    usage: 'cancel STUDY JOB | cancel STUDY --sweep NAME [--cluster NAME]',
    about: 'cancel a job on its cluster, or all members of a sweep that are under way',
    options: ['sweep', 'cluster'],
  },
  resume: {
    usage: 'resume STUDY JOB',
    about:
      'submit a job anew that ended too early; it goes on from its last checkpoint; or send one to its end that was cut off while it was sent',
    options: [],
  },
  requeue: {
    usage: 'requeue STUDY JOB',
    about: 'put a running job back into the queue; it goes on from its last checkpoint',
    options: [],
  },
  extend: {
    usage: 'extend STUDY JOB [--steps N] [--epochs N] [--time HH:MM:SS]',
    about: 'submit a new job that goes on where this one ends, for more time, steps or epochs',
    options: ['steps', 'epochs', 'time'],
  },
  clean: {
    usage: 'clean STUDY JOB [--yes]',
    about: 'list what a job left on its cluster; with --yes, remove it there',
    options: ['yes'],
  },
} as const;
type JobVerb = keyof typeof JOB_VERBS;

export function isJobVerb(verb: string): verb is JobVerb {
  return Object.hasOwn(JOB_VERBS, verb);
}

interface JobValues {
  sweep?: string | undefined;
  cluster?: string | undefined;
  follow?: boolean | undefined;
  resume?: boolean | undefined;
  yes?: boolean | undefined;
  steps?: string | undefined;
  epochs?: string | undefined;
  time?: string | undefined;
}

/** @throws SealongError `usage` where the job is missing or too much is named. */
export function jobRequest(verb: JobVerb, names: readonly string[], values: JobValues): JobRequest {
  const [job, ...rest] = names;
  const wrong = (what: string) =>
    new SealongError('usage', `Wrong use: ${what}. Usage: sealong ${JOB_VERBS[verb].usage}`);
  if (rest.length > 0) throw wrong(`"${rest.join(' ')}" is too much`);
  if (verb === 'jobs')
    return {
      verb,
      follow: values.follow ?? false,
      resume: values.resume ?? false,
      ...(job === undefined ? {} : { job }),
    };
  const { sweep, cluster } = values;
  if ((verb === 'fetch' || verb === 'cancel') && sweep !== undefined) {
    if (job !== undefined) throw wrong('it takes a job or --sweep, not both');
    return { verb, sweep, ...(cluster === undefined ? {} : { cluster }) };
  }
  if (job === undefined) throw wrong('the job is missing');
  if (cluster !== undefined) throw wrong('--cluster goes with --sweep: a job says where it is');
  if (verb === 'extend') {
    const { time } = values;
    const more = {
      ...numberOf(values, 'steps'),
      ...numberOf(values, 'epochs'),
      ...(time === undefined ? {} : { time }),
    };
    return { verb, job, ...more };
  }
  return verb === 'clean' ? { verb, job, remove: values.yes ?? false } : { verb, job };
}

function numberOf<Name extends 'steps' | 'epochs'>(
  values: JobValues,
  name: Name,
): Partial<Record<Name, number>> {
  const text = values[name];
  if (text === undefined) return {};
  if (/^[1-9]\d{0,8}$/.test(text)) return { [name]: Number(text) } as Record<Name, number>;
  throw new SealongError('usage', `--${name} takes a whole number above 0, not "${text}".`);
}
