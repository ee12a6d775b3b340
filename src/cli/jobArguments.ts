import { SealongError } from '../errors.ts';
import type { JobRequest } from '../cluster/jobStages.ts';

/** Verbs about jobs of training on clusters; all but `jobs` need the id of one. */
export const JOB_VERBS = {
  jobs: {
    usage: 'jobs STUDY [JOB] [--follow]',
    about: 'list the jobs sent to clusters as they stand now, or follow them to their end',
    options: ['follow'],
  },
  fetch: { usage: 'fetch STUDY JOB', about: "bring a job's adapter here", options: [] },
  cancel: { usage: 'cancel STUDY JOB', about: 'cancel a job on its cluster', options: [] },
  resume: {
    usage: 'resume STUDY JOB',
    about: 'submit a job anew that ended too early; it goes on from its last checkpoint',
    options: [],
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

/** @throws SealongError `usage` where the job is missing or too much is named. */
export function jobRequest(
  verb: JobVerb,
  names: readonly string[],
  values: { follow?: boolean | undefined; yes?: boolean | undefined },
): JobRequest {
  const [job, ...rest] = names;
  const wrong = (what: string) =>
    new SealongError('usage', `Wrong use: ${what}. Usage: sealong ${JOB_VERBS[verb].usage}`);
  if (rest.length > 0) throw wrong(`"${rest.join(' ')}" is too much`);
  if (verb === 'jobs')
    return { verb, follow: values.follow ?? false, ...(job === undefined ? {} : { job }) };
  if (job === undefined) throw wrong('the job is missing');
  return verb === 'clean' ? { verb, job, remove: values.yes ?? false } : { verb, job };
}
