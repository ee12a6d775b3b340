import type { Clock } from '../clock.ts';
import { hashOfFile } from '../records/hashOfFile.ts';
import type { Study } from '../study/study.ts';
import { isTraining, listJobs, type TrainingJob } from '../training/jobRecord.ts';
import { hasEnded } from '../training/jobState.ts';
import { madeWith } from '../training/madeWith.ts';
import type { Cluster } from './clusterProfile.ts';
import {
  newTrainingJob,
  placesOf,
  recipeText,
  sha256,
  trainerSources,
  uploadsOf,
  type Places,
  type TrainingInputs,
} from './trainingInputs.ts';
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
  const known = jobs.filter(isTraining);
  const members: Member[] = [];
  const made: Member[] = [];
  for (const member of sweep.members) {
    const { inputs } = member;
    const pairs = await hashOfFile(inputs.pairs);
    const { sources, trainerHash } = await trainerSources(inputs.trainer);
    const places = await placesOf(workdir, inputs, pairs, trainerHash);
    const recipe = recipeText(inputs, places, cluster);
    const wanted = { pairs, recipe: sha256(recipe), cluster: cluster.name };
    const same = known.filter(
      ({ place, recipe_sha256: of, export: { pairs_sha256: on } }) =>
        place.kind === 'cluster' &&
        place.cluster === wanted.cluster &&
        of === wanted.recipe &&
        on === wanted.pairs,
    );
    const sent = same.findLast(
      ({ state }) => state === 'done' || (!hasEnded(state) && state !== 'prepared'),
    );
    const begun = same.findLast(({ state, sweep: of }) => state === 'prepared' && of !== undefined);
    const job =
      sent ??
      begun ??
      newTrainingJob(inputs, wanted, {
        clock,
        workdir,
        scheduler: cluster.profile.scheduler,
        manifestHash: await hashOfFile(inputs.manifest),
        trainerHash,
        made: await madeWith(member.study, inputs.trainer),
      });
    const uploads = uploadsOf(inputs, places, sources);
    const there = sent !== undefined;
    const one = { ...member, job, places, recipe, uploads, there };
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
