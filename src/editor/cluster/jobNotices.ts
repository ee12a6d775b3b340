import * as vscode from 'vscode';
import { isTraining } from '../../training/jobRecord.ts';
import type { Job } from './job.ts';
import { jobTitle, progressParts, stateWords } from './jobText.ts';

export interface NoticePorts {
  charts: (job: Job) => unknown;
  fetch: (job: Job) => unknown;
  resume: (job: Job) => unknown;
  log: (job: Job) => unknown;
}

/** Says that a job has come to its end, and offers what comes after it. */
export async function announceEnd(job: Job, ports: NoticePorts): Promise<void> {
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
