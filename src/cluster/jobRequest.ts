import type { Extension } from './extendJob.ts';
import type { ServerRequest } from './serve/startServer.ts';

/** What is asked of jobs that were sent to clusters. */
export type JobRequest =
  /** `resume` sends what was cut off while it was sent, before. */
  | { verb: 'jobs'; follow: boolean; resume?: boolean; job?: string }
  | { verb: 'fetch' | 'cancel' | 'resume' | 'requeue'; job: string }
  /** Of all members of a sweep that it fits; on one cluster alone where that is named. */
  | { verb: 'fetch' | 'cancel'; sweep: string; cluster?: string }
  | ({ verb: 'extend'; job: string } & Extension)
  | { verb: 'clean'; job: string; remove: boolean }
  /** Looks at a cluster, and sends nothing there. */
  | { verb: 'preflight'; cluster: string }
  /** Sends an inference server, and does not wait for it. */
  | ({ verb: 'serve'; cluster: string; plan?: boolean; again?: boolean } & ServerRequest);

const VERBS: Readonly<Record<JobRequest['verb'], true>> = {
  jobs: true,
  fetch: true,
  cancel: true,
  resume: true,
  requeue: true,
  extend: true,
  clean: true,
  preflight: true,
  serve: true,
};

/** Whether a verb of a stage is about jobs on clusters. */
export function isAboutJobs(verb: string): verb is JobRequest['verb'] {
  return Object.hasOwn(VERBS, verb);
}

export function isJobRequest<Request extends { verb: string }>(
  request: Request,
): request is Extract<Request, JobRequest> {
  return isAboutJobs(request.verb);
}
