import * as vscode from 'vscode';
import { isTraining } from '../../training/jobRecord.ts';
import { isOpen, type Job } from './job.ts';
import type { JobStore } from './jobStore.ts';
import {
  fetchable,
  sweepCounts,
  sweepOfJob,
  sweepState,
  sweepTitle,
  type JobSweep,
} from './jobSweep.ts';
import { jobTitle, progressParts, stateWords } from './jobText.ts';

export interface NoticePorts {
  charts: (job: Job) => unknown;
  fetch: (job: Job) => unknown;
  resume: (job: Job) => unknown;
  log: (job: Job) => unknown;
}

/**
 * Says that jobs have come to their ends. Members of a sweep are told of as one, once all have ended; before that only what
 * went wrong with one.
 */
export class EndNotices {
  readonly #ports: EndNoticePorts;
  /** Ends of sweeps that were told: two members may be seen to end in one look. */
  readonly #told = new Set<string>();

  constructor(ports: EndNoticePorts) {
    this.#ports = ports;
  }

  ended(job: Job): void {
    const sweep = sweepOfJob(job, this.#ports.jobs.of(job.dir));
    if (!sweep) {
      void announceEnd(job, this.#ports);
      return;
    }
    if (sweep.members.some(isOpen)) {
      const { state } = job.record;
      if (state !== 'done' && state !== 'cancelled') void announceEnd(job, this.#ports);
      return;
    }
    const attempts = sweep.members.map(({ record }) => `${record.id} ${record.attempt}`);
    const end = JSON.stringify([sweep.dir, attempts]);
    if (this.#told.has(end)) return;
    this.#told.add(end);
    void announceSweepEnd(sweep, this.#ports);
  }
}

export interface EndNoticePorts extends NoticePorts {
  jobs: Pick<JobStore, 'of'>;
  fetchSweep: (sweep: JobSweep) => unknown;
  sweepCharts: (sweep: JobSweep) => unknown;
}

async function announceSweepEnd(sweep: JobSweep, ports: EndNoticePorts): Promise<void> {
  const text = `Sweep ${sweepTitle(sweep)} of ${sweep.study}: ${sweepCounts(sweep)}.`;
  const steps = [
    ...(fetchable(sweep).length > 0 ? [{ label: 'Fetch Adapters', run: ports.fetchSweep }] : []),
    { label: 'Training Charts', run: ports.sweepCharts },
  ];
  const labels = steps.map(({ label }) => label);
  const picked = await (sweepState(sweep) === 'failed'
    ? vscode.window.showErrorMessage(text, ...labels)
    : vscode.window.showInformationMessage(text, ...labels));
  await steps.find(({ label }) => label === picked)?.run(sweep);
}

/** Says that a job has come to its end, and offers what comes after it. */
async function announceEnd(job: Job, ports: NoticePorts): Promise<void> {
  const { record } = job;
  const onCluster = record.place.kind === 'cluster';
  const done = record.state === 'done';
  const parts = [`${jobTitle(record)} of ${job.study}: ${stateWords(job)}`];
  const more = progressParts(job, new Date());
  const text = `${[...parts, ...more].join(', ')}.`;
  const trains = isTraining(record);
  const steps = [
    ...(onCluster && done && trains ? [{ label: 'Fetch Adapter', run: ports.fetch }] : []),
    ...(onCluster && trains && !done && record.state !== 'cancelled'
      ? [{ label: 'Resume Job', run: ports.resume }]
      : []),
    ...(trains ? [{ label: 'Training Charts', run: ports.charts }] : []),
    { label: 'Show Job Log', run: ports.log },
  ];
  const labels = steps.map(({ label }) => label);
  const picked = await (done || record.state === 'cancelled'
    ? vscode.window.showInformationMessage(text, ...labels)
    : vscode.window.showErrorMessage(text, ...labels));
  await steps.find(({ label }) => label === picked)?.run(job);
}
