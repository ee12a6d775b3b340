import * as z from 'zod';
import type { Cluster } from '../../cluster/clusterProfile.ts';
import { plural } from '../tree/row.ts';
import { bytesText, profileText } from './jobText.ts';

const checkSchema = z.object({
  what: z.string(),
  outcome: z.enum(['ok', 'warning', 'failed']),
  detail: z.string(),
});
export type PlanCheck = z.infer<typeof checkSchema>;

export const checksSchema = z.object({ host: z.string(), checks: z.array(checkSchema) });

/** What `train` and `serve` with `plan` say. */
export const planSchema = checksSchema.extend({
  folder: z.string(),
  uploads: z
    .array(z.object({ file: z.string(), bytes: z.number(), there: z.boolean() }))
    .default([]),
  upload_bytes: z.number(),
  script: z.string(),
  /** Of a server: what it gives. */
  model: z.string().optional(),
  adapter: z.string().nullish(),
});

/** What `train` with a sweep and `plan` says. */
export const sweepPlanSchema = planSchema.omit({ folder: true }).extend({
  sweep: z.string(),
  members: z.array(z.object({ member: z.string(), state: z.string(), there: z.boolean() })),
  gpu_hours_at_most: z.number().nullable(),
  at_once: z.number().nullable(),
  member_script: z.string().nullable(),
});
export type SweepPlan = z.infer<typeof sweepPlanSchema>;

/** Of one job, or of the jobs of a sweep. */
export type Plan = z.infer<typeof planSchema> | SweepPlan;

/** A line of a list, in plain values. */
export interface PlanItem {
  label: string;
  description?: string;
  detail?: string;
  separator?: true;
}

const OUTCOMES = {
  ok: { icon: 'pass', word: 'ok' },
  warning: { icon: 'warning', word: 'warning' },
  failed: { icon: 'error', word: 'failed' },
} as const;

/** A list cuts its lines at about this, with an ellipsis. */
const LINE = 84;

/** The outcome stands in the icon and in a word. What is not well is told to its end, over several lines. */
export function checkItems({ what, outcome, detail }: PlanCheck): PlanItem[] {
  const { icon, word } = OUTCOMES[outcome];
  const label = `$(${icon}) ${what}: ${word}`;
  if (outcome === 'ok') return [{ label, description: detail }];
  const [first = '', ...rest] = wrapped(detail, LINE);
  return [{ label, detail: first }, ...rest.map((line) => ({ label: line }))];
}

function wrapped(text: string, characters: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= characters) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

export function isReady({ checks }: Pick<Plan, 'checks'>): boolean {
  return checks.every(({ outcome }) => outcome !== 'failed');
}

function servedItems({ model, adapter }: Plan): PlanItem[] {
  return [
    ...(model === undefined ? [] : [{ label: '$(chip) Model', description: model }]),
    ...(adapter ? [{ label: '$(layers) Adapter', description: adapter }] : []),
  ];
}

/** What would be sent and run, and how the cluster stands: that first, where it is not ready. */
export function planItems(plan: Plan, cluster: Cluster): PlanItem[] {
  const sent = uploadsByKind(plan).map(({ name, bytes, there, folder }) => ({
    label: `${there ? '$(check)' : '$(cloud-upload)'} ${name}`,
    description: `${bytesText(bytes)}${there ? ', there already' : ''} · ${folder}`,
  }));
  const files =
    sent.length > 0 ? [{ label: 'What is sent', separator: true as const }, ...sent] : [];
  const jobs = [
    { label: 'What is run', separator: true as const },
    ...('members' in plan
      ? sweepItems(plan, cluster)
      : [
          {
            label: '$(server) One job',
            description: `${profileText(cluster.profile)} · ${plan.folder}`,
          },
          ...servedItems(plan),
        ]),
  ];
  // What it costs comes first where it is many.
  const groups = 'members' in plan ? [...jobs, ...files] : [...files, ...jobs];
  const preflight = [
    { label: `Preflight of ${cluster.name}`, separator: true as const },
    ...plan.checks.flatMap(checkItems),
  ];
  return isReady(plan) ? [...groups, ...preflight] : [...preflight, ...groups];
}

/** The jobs of a sweep, first as one thing, then one by one. */
function sweepItems(plan: SweepPlan, { profile }: Cluster): PlanItem[] {
  const { at_once: atOnce } = plan;
  const missing = missingOf(plan);
  const alone = profile.scheduler === 'none';
  const how = alone
    ? ', one behind another'
    : ` as one Slurm array${atOnce === null ? '' : `, ${atOnce} at once at most`}`;
  return [
    missing === 0
      ? { label: '$(check) Every job was sent before', description: 'there is nothing to submit' }
      : {
          label: `$(run-all) ${plural(missing, 'job')}${how}`,
          description: alone
            ? 'each waits there for the one before it'
            : `each ${profileText(profile)}`,
          detail: hoursText(plan),
        },
    ...plan.members.map(({ member, state, there }) => ({
      label: `${there ? '$(check)' : '$(circle-outline)'} ${member}`,
      description: there ? `sent before, ${state.replaceAll('_', ' ')}` : 'to be sent',
    })),
  ];
}

/** How many jobs are still to be submitted. */
export function missingOf({ members }: SweepPlan): number {
  return members.filter(({ there }) => !there).length;
}

/** "At most 192 GPU-hours": time limits are what jobs are sure to end at. */
function hoursText({ gpu_hours_at_most: hours }: SweepPlan): string {
  if (hours === null)
    return 'No scheduler, and so no limit to GPU-hours: the host ends no job by itself';
  if (hours === 0) return 'No GPU-hours: its jobs ask for no GPU';
  return `At most ${hoursNumber(hours)} GPU-hours, if every job takes its whole time`;
}

function mostHours({ gpu_hours_at_most: hours }: SweepPlan): string[] {
  return hours === null || hours === 0 ? [] : [`at most ${hoursNumber(hours)} GPU-hours`];
}

function hoursNumber(hours: number): string {
  return hours.toLocaleString('en', { maximumFractionDigits: hours < 10 ? 1 : 0 });
}

/** "4 jobs · at most 256 GPU-hours · 1.4 MB to send · 8 GPUs · up to 08:00:00 · partition h100" */
export function planSummary(plan: Plan, cluster: Cluster): string {
  const send =
    plan.upload_bytes === 0 ? 'nothing to send' : `${bytesText(plan.upload_bytes)} to send`;
  const jobs = 'members' in plan ? [plural(missingOf(plan), 'job'), ...mostHours(plan)] : [];
  return [...jobs, send, profileText(cluster.profile, jobs.length > 0)].join(' · ');
}

/** What is run, to be read: of an array also what its tasks run. */
export function planScript(plan: Plan): string {
  if (!('members' in plan) || plan.member_script === null) return plan.script;
  const [first] = plan.members.filter(({ there }) => !there);
  return `${plan.script}\n# ---- run.sh of ${first?.member ?? ''}; the other jobs have one of their own, with another folder ----\n${plan.member_script}`;
}

export function planText(plan: Plan, cluster: Cluster): string {
  return [
    `${cluster.name} (${plan.host}): ${planSummary(plan, cluster)}`,
    ...plan.checks.map(({ what, outcome, detail }) => `  ${outcome.padEnd(7)}  ${what}: ${detail}`),
    'Files:',
    ...plan.uploads.map(
      ({ file, bytes, there }) =>
        `  ${bytesText(bytes).padStart(8)}  ${file}${there ? ' (there already)' : ''}`,
    ),
    ...('members' in plan
      ? [
          `Jobs (${hoursText(plan)}):`,
          ...plan.members.map(
            ({ member, state, there }) =>
              `  ${member}: ${there ? `sent before, ${state}` : 'to be sent'}`,
          ),
        ]
      : [`Job in ${plan.folder}:`]),
    planScript(plan),
  ].join('\n');
}

/** The data by file, of a sweep that of all its members as one; the trainer's many small files as one. */
function uploadsByKind(plan: Plan) {
  const isTrainer = ({ file }: Sent) => file.includes('/sealong_trainer/');
  const isData = ({ file }: Sent) =>
    'members' in plan && /\/(pairs\.jsonl|manifest\.json)$/.test(file);
  const { uploads } = plan;
  const data = uploads.filter(isData);
  const trainer = uploads.filter(isTrainer);
  return [
    ...together(`pairs and manifests, ${plural(data.length, 'file')}`, data, 2),
    ...uploads
      .filter((one) => !isData(one) && !isTrainer(one))
      .map(({ file, ...rest }) => ({
        name: file.slice(file.lastIndexOf('/') + 1),
        folder: folderOf(file),
        ...rest,
      })),
    ...together(`the trainer, ${trainer.length} files`, trainer, 1),
  ];
}

type Sent = Plan['uploads'][number];

/** @param up from a file to the folder that is named. */
function together(name: string, files: readonly Sent[], up: number) {
  const [first] = files;
  if (!first) return [];
  const missing = files.filter(({ there }) => !there);
  let folder = first.file;
  for (let level = 0; level < up; level++) folder = folderOf(folder);
  const bytes = (missing.length > 0 ? missing : files).reduce((sum, one) => sum + one.bytes, 0);
  return [{ name, folder, bytes, there: missing.length === 0 }];
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/'));
}
