import type { Clock } from '../clock.ts';
import { SealongError } from '../errors.ts';
import { exportPairs } from '../preference/export.ts';
import type { Stage, StageProgress, StageWarning } from '../stage.ts';
import { openStudy, type Study } from '../study/study.ts';
import type { Setting } from '../study/loadConfig.ts';
import { readSweep, type Sweep, type SweepMember } from '../training/sweep/sweep.ts';
import { methodOfExport, readTrainingExport } from '../training/trainingExports.ts';
import { openCluster } from './connect.ts';
import { followJobs } from './followStage.ts';
import { sendSweep, type SweepSummary } from './sweep.ts';
import type { MemberInputs } from './sweepMembers.ts';
import { trainingInputs } from './trainingInputs.ts';
import type { NamedClusterPorts } from './trainStage.ts';

export interface ClusterSweep {
  cluster: string;
  /** The sweep's file, relative to the study or absolute. */
  sweep: string;
  /** Look and say what would be sent and run; send nothing. */
  plan: boolean;
  /** Go on until all have ended. */
  follow: boolean;
}

/** Makes the pairs of each member of a sweep, sends what was not sent yet, and follows it where asked to. */
export async function* sweepOnNamedCluster(
  study: Study,
  settings: readonly Setting[],
  request: ClusterSweep,
  ports: NamedClusterPorts,
  signal: AbortSignal,
): Stage<object> {
  const { clock, access } = ports;
  const sweep = await readSweep(study, request.sweep);
  const members: MemberInputs[] = [];
  for (const member of sweep.members)
    try {
      const of = { sweep, member, ...ports };
      members.push(yield* memberInputs(study, settings, of, clock, signal));
    } catch (error) {
      if (!(error instanceof SealongError)) throw error;
      throw new SealongError(
        error.code,
        `Member ${member.name} of ${request.sweep}: ${error.message}`,
      );
    }
  const { cluster, host } = await openCluster(access, request.cluster);
  let sent: SweepSummary | undefined;
  try {
    const what = { name: sweep.name, atOnce: sweep.atOnce, members };
    const stage = sendSweep(study, { clock, host, cluster }, what, { plan: request.plan, signal });
    for await (const event of stage) {
      if (event.type === 'done') sent = event.summary;
      else yield event;
    }
  } finally {
    await host.close();
  }
  if (!sent) throw new Error('Sending the sweep ended without a summary.');
  if (!request.follow || request.plan) {
    yield { type: 'done', summary: sent };
    return;
  }
  const open = (name: string) => openCluster(access, name);
  const jobIds = new Set(sent.members.flatMap(({ job }) => job ?? []));
  for await (const event of followJobs(study, { clock, open }, { follow: true, jobIds, signal }))
    if (event.type !== 'done') yield event;
    else {
      const ended = new Map(event.summary.jobs.map(({ job, state }) => [job, state]));
      const states = sent.members.map((member) => ({
        ...member,
        state: ended.get(member.job ?? '') ?? member.state,
      }));
      yield {
        type: 'done',
        summary: { ...sent, ...event.summary, stage: 'train', members: states },
      };
    }
}

async function* memberInputs(
  study: Study,
  settings: readonly Setting[],
  of: {
    sweep: Sweep;
    member: SweepMember;
    trainerFolder: string;
    embeddedFolder?: string | undefined;
  },
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<StageProgress | StageWarning, MemberInputs, undefined> {
  const { sweep, member } = of;
  const own = await openStudy(study.dir, await settingsOf(study, settings, member));
  const exported =
    member.export === undefined
      ? yield* exportMember(
          own,
          `sweep-${sweep.name}-${member.name}`.slice(0, 100),
          of,
          clock,
          signal,
        )
      : await readTrainingExport(own, member.export);
  return {
    name: member.name,
    values: member.values,
    study: own,
    inputs: await trainingInputs(own, exported, of),
  };
}

/** What the member varies on top of the rest. Data that is there says what it is for, where the sweep does not. */
async function settingsOf(
  study: Study,
  settings: readonly Setting[],
  member: SweepMember,
): Promise<Setting[]> {
  const all = [...settings, ...member.settings];
  if (member.export === undefined || 'method' in member.values) return all;
  const method = await methodOfExport(study.dir, member.export);
  return method === undefined ? all : [...all, { path: ['training', 'method'], value: method }];
}

async function* exportMember(
  study: Study,
  out: string,
  { sweep, member: { examples, n } }: { sweep: Sweep; member: SweepMember },
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<
  StageProgress | StageWarning,
  { folder: string; file: string; name: string },
  undefined
> {
  const format = study.config.training.method === 'sft' ? 'sft' : 'trl';
  const subset = {
    ...(examples === undefined ? {} : { examples }),
    ...(n === undefined ? {} : { n }),
    seed: sweep.seed,
  };
  const stage = exportPairs(study, { clock }, { format, out, subset, signal });
  for await (const event of stage) {
    if (event.type === 'done')
      return { folder: event.summary.folder, file: event.summary.file, name: out };
    if (event.type === 'warning') yield event;
  }
  throw new Error('The export ended without a summary.');
}
