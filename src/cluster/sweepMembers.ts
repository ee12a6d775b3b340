import type { Clock } from '../clock.ts';
import type { Study } from '../study/study.ts';
import { listJobs, type TrainingJob } from '../training/jobRecord.ts';
import { hasEnded } from '../training/jobState.ts';
import type { Cluster } from './clusterProfile.ts';
import { newTrainingJob, prepareJob, sameJobs } from './preparedJob.ts';
import { sha256, type Places, type TrainingInputs } from './trainingInputs.ts';
import type { Upload } from './transfer/upload.ts';

/** A member of a sweep, with its pairs made. */
export interface MemberInputs {
  /** What makes it another than the rest. */
  name: string;
  /** Its place on each axis of the sweep. */
  values?: NonNullable<TrainingJob['sweep']>['values'];
  /** With the member's parameters. */
  study: Study;
  inputs: TrainingInputs;
}

/** With its job, as it is sent. */
export interface Member extends MemberInputs {
  job: TrainingJob;
  places: Places;
  recipe: string;
  uploads: Upload[];
  /** Sent by an earlier run. */
  there: boolean;
}

/** Each member's job: one that is there with the same pairs and recipe, or a new one; the new ones belong together. */
export async function membersOf(
  study: Study,
  { clock, cluster }: { clock: Clock; cluster: Cluster },
  sweep: { name: string; members: readonly MemberInputs[] },
  workdir: string,
): Promise<Member[]> {
  const { jobs } = await listJobs(study);
  const members: Member[] = [];
  const made: Member[] = [];
  for (const member of sweep.members) {
    const prepared = await prepareJob(member.inputs, cluster, workdir);
    const same = sameJobs(jobs, prepared);
    const sent = same.findLast(
      ({ state }) => state === 'done' || (!hasEnded(state) && state !== 'prepared'),
    );
    const begun = same.findLast(({ state, sweep: of }) => state === 'prepared' && of !== undefined);
    const job = sent ?? begun ?? (await newTrainingJob(member.study, clock, prepared));
    const { places, recipe, uploads } = prepared;
    const one = { ...member, job, places, recipe, uploads, there: sent !== undefined };
    members.push(one);
    if (!sent && !begun) made.push(one);
  }
  const id = sha256(made.map(({ job }) => job.id).join()).slice(0, 16);
  for (const [index, member] of made.entries())
    member.job = {
      ...member.job,
      sweep: {
        ...{ id, name: sweep.name, member: member.name, index, of: made.length },
        ...(member.values === undefined ? {} : { values: member.values }),
      },
    };
  return members;
}
