import { answerCore } from './answerCore.ts';
import { answerForm, isNear, type AnswerForm } from './nearEqual.ts';
import { NearForms } from './nearForms.ts';
import { normalForm } from './normalForm.ts';

/** A longer answer in its words of weight is a sentence: it counts only where another trajectory says the same. */
const LONGEST_ANSWER = 4;

/** What is known of the final answer of one trajectory. */
export interface TrajectoryAnswer {
  index: number;
  /** Undefined where no rule found one. */
  answer: string | undefined;
  /** Found by a weak rule. */
  weak: boolean;
}

/** Trajectories that give the same final answer. */
export interface AnswerCluster {
  /** The answer in its most frequent wording. */
  label: string;
  /** Of the trajectories, rising. */
  indices: number[];
}

/** The final answers of a question in clusters, found without a gold answer. */
export interface AnswerClusters {
  /** Largest first; of equal size the one with the lowest index. The first is the majority's. */
  clusters: AnswerCluster[];
  /** Of the clusters, in their order. */
  labels: readonly string[];
  /** Trajectories without an answer that could be read. */
  unclear: number[];
  /** Place in `clusters` by index of the trajectory; unclear ones are not in it. */
  byIndex: ReadonlyMap<number, number>;
  /** Of the split over clusters and unclear, in bits: 0 where all agree. */
  entropy: number;
}

export interface ClusterInput {
  answers: readonly TrajectoryAnswer[];
  /** The question: its words do not tell two whole sentences apart. */
  question: string;
  /** What reviewers said of answers, in order: of two answers the last one counts that names both. */
  relations?: readonly AnswerRelation[];
}

/** Answers that are one, or each another one, whatever their words look like. */
export interface AnswerRelation {
  same: boolean;
  answers: readonly string[];
}

/** Answers that are one: trajectories by wording. */
interface Group {
  form: AnswerForm;
  /** Wordings as they are shown. */
  wordings: Map<string, number[]>;
  /** Nothing but a sentence that a weak rule found. */
  vague: boolean;
  size: number;
}

/**
 * Clusters final answers: equal in normal form, one contained in the other, or nearly equal. Short answers make clusters
 * first, in order of frequency; longer ones join the one that they contain, and stay alone where they contain several. A
 * whole sentence that only a weak rule found and that joins nothing is unclear.
 */
export function clusterAnswers({
  answers,
  question,
  relations = [],
}: ClusterInput): AnswerClusters {
  const groups = equalAnswers(answers, questionWordsOf(question));
  const joined = new Map<Group, Group[]>();
  const near = new NearForms<Group>();
  for (const group of groups) {
    // What a reviewer made one may have no word in common.
    const heads = relations.length > 0 ? [...joined.keys()] : near.like(group);
    const found = heads.filter(
      (head) =>
        isSame(head, group, relations) && !isSplitFrom(group, joined.get(head) ?? [], relations),
    );
    const first = found[0];
    if (first && (found.length === 1 || !areApart(found, relations)))
      joined.get(first)?.push(group);
    else {
      joined.set(group, [group]);
      near.add(group);
    }
  }
  const clusters: AnswerCluster[] = [];
  const unclear = answers.flatMap(({ index, answer }) => (answer === undefined ? [index] : []));
  for (const members of joined.values()) {
    const indices = members.flatMap(({ wordings }) => [...wordings.values()].flat()).sort(rising);
    if (members.every(({ vague }) => vague) && indices.length < 2) unclear.push(...indices);
    else clusters.push({ label: labelOf(members), indices });
  }
  clusters.sort(
    (a, b) => b.indices.length - a.indices.length || (a.indices[0] ?? 0) - (b.indices[0] ?? 0),
  );
  return withPlaces(clusters, unclear.sort(rising));
}

/** @param clusters in their order, with `unclear` all trajectories. */
export function withPlaces(
  clusters: AnswerCluster[],
  unclear: number[],
  labels: readonly string[] = clusters.map(({ label }) => label),
): AnswerClusters {
  const byIndex = new Map<number, number>();
  for (const [place, { indices }] of clusters.entries())
    for (const index of indices) byIndex.set(index, place);
  const entropy = entropyBits([...clusters.map(({ indices }) => indices.length), unclear.length]);
  return { clusters, labels, unclear, byIndex, entropy };
}

/**
 * How each answer is worded, by index: as it is, or what is left of a sentence. Answers that are equal in normal form, which
 * nothing takes apart, have one wording.
 */
export function answerWordings({
  answers,
  question,
}: Pick<ClusterInput, 'answers' | 'question'>): Map<number, string> {
  const questionWords = questionWordsOf(question);
  const byForm = new Map<string, string>();
  const wordings = new Map<number, string>();
  for (const { index, answer } of answers) {
    if (answer === undefined) continue;
    const { form, label } = answerCore(answer, questionWords);
    const wording = byForm.get(form) ?? label;
    byForm.set(form, wording);
    wordings.set(index, wording);
  }
  return wordings;
}

/** Shannon entropy of counts, in bits; 0 of nothing. */
export function entropyBits(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count) => {
    const share = count / total;
    return count === 0 ? sum : sum - share * Math.log2(share);
  }, 0);
}

function questionWordsOf(question: string): ReadonlySet<string> {
  return new Set(normalForm(question).split(' '));
}

/** Groups of equal form: clear ones before vague ones, then the most frequent, then the shortest. */
function equalAnswers(
  answers: readonly TrajectoryAnswer[],
  questionWords: ReadonlySet<string>,
): Group[] {
  const byForm = new Map<string, Group>();
  for (const { index, answer, weak } of answers) {
    if (answer === undefined) continue;
    const { form, label, words } = answerCore(answer, questionWords);
    const vague = weak && words > LONGEST_ANSWER;
    const group = byForm.get(form);
    if (!group) {
      byForm.set(form, {
        form: answerForm(form),
        wordings: new Map([[label, [index]]]),
        vague,
        size: 1,
      });
      continue;
    }
    group.vague &&= vague;
    group.size += 1;
    const wording = group.wordings.get(label);
    if (wording) wording.push(index);
    else group.wordings.set(label, [index]);
  }
  return [...byForm.values()].sort(
    (a, b) =>
      Number(a.vague) - Number(b.vague) ||
      b.size - a.size ||
      a.form.text.length - b.form.text.length,
  );
}

/** Whether groups found for one answer are themselves different answers. */
function areApart(found: readonly Group[], relations: readonly AnswerRelation[]): boolean {
  const [first, ...others] = found;
  return first !== undefined && others.some((other) => !isSame(first, other, relations));
}

function isSame(a: Group, b: Group, relations: readonly AnswerRelation[]): boolean {
  return saidOf(a, b, relations) ?? isNear(a.form, b.form);
}

/** Whether a reviewer took a group apart from one that a cluster holds. */
function isSplitFrom(
  group: Group,
  members: readonly Group[],
  relations: readonly AnswerRelation[],
): boolean {
  return members.some((member) => saidOf(member, group, relations) === false);
}

function saidOf(a: Group, b: Group, relations: readonly AnswerRelation[]): boolean | undefined {
  return relations.findLast(({ answers }) => isIn(a, answers) && isIn(b, answers))?.same;
}

function isIn({ form, wordings }: Group, set: readonly string[]): boolean {
  return set.some((answer) => wordings.has(answer) || normalForm(answer) === form.text);
}

/** Members stand in order: clear ones, then the most frequent. */
function labelOf([head]: readonly Group[]): string {
  const wordings = [...(head?.wordings ?? [])];
  wordings.sort(([, a], [, b]) => b.length - a.length || (a[0] ?? 0) - (b[0] ?? 0));
  return wordings[0]?.[0] ?? '';
}

function rising(a: number, b: number): number {
  return a - b;
}
