import { answerRules } from '../clusters/extractAnswer.ts';
import type { Problem } from '../records/jsonl.ts';
import type { DecisionRecord } from '../records/schemas.ts';
import { digestOf } from './canonicalHash.ts';
import { isFailed, type QuestionEntry, type ScoreEntry, type TrajectoryEntry } from './entries.ts';
import { scanFile, studyFiles, type ScanBatch } from './scan.ts';
import type { Study } from './study.ts';
import { TrajectoryColumns } from './trajectoryColumns.ts';

/**
 * All of a study's records without their texts, fed by scans. Applying a batch twice changes nothing, so that a file can
 * be scanned again from any place.
 */
export class StudyIndex {
  readonly questions = new Map<string, QuestionEntry>();
  readonly decisions = new Map<string, DecisionRecord>();
  readonly problems: Problem[] = [];
  /** Question id, then sampling hash, then index: the row of the trajectory. */
  readonly #rows = new Map<string, Map<string, Map<number, number>>>();
  readonly #columns = new TrajectoryColumns();
  /** The indices of the score that came last: nearly all have the same, and share them. */
  #indices: number[] = [];
  /** Question id, then `scorer config sampling`: the latest record counts. */
  readonly #scores = new Map<string, Map<string, ScoreEntry>>();
  /** Sampling hashes with their number of trajectories, in the order of their first appearance. */
  readonly samplings = new Map<string, number>();
  /** Of the samplings that are answers of another dataset: how many a question has at most. */
  readonly imported = new Map<string, number>();

  apply(batch: ScanBatch): void {
    this.problems.push(...batch.problems);
    switch (batch.kind) {
      case 'questions':
        for (const entry of batch.entries) this.#addQuestion(entry);
        return;
      case 'trajectories':
        for (const entry of batch.entries) this.#addTrajectory(entry);
        return;
      case 'scores':
        for (const entry of batch.entries) this.#addScore(entry);
        return;
      case 'decisions':
        for (const entry of batch.entries) this.decisions.set(entry.id, entry);
    }
  }

  /** The trajectories of a question under one sampling hash, by index: made for each call, kept by nobody. */
  trajectories(questionId: string, sampling: string): TrajectoryEntry[] {
    return [...(this.#rows.get(questionId)?.get(sampling) ?? [])]
      .map(([index, row]) => this.#columns.entry(row, { questionId, sampling, index }))
      .sort((a, b) => a.index - b.index);
  }

  /** Indices of the trajectories that have not failed, rising. */
  usableIndices(questionId: string, sampling: string): number[] {
    return [...(this.#rows.get(questionId)?.get(sampling) ?? [])]
      .filter(([, row]) => !isFailed({ finishReason: this.#columns.finishReason(row) }))
      .map(([index]) => index)
      .sort((a, b) => a - b);
  }

  /** A text as the index keeps it, once however often it occurs. */
  once(text: string): string {
    return this.#columns.once(text);
  }

  /**
   * The score of a question by a scorer: with these parameters, else the latest of that scorer over the same sampling;
   * undefined where there is none or where a scored text has changed since.
   */
  currentScore(
    questionId: string,
    of: { scorer: string; scoring: string; sampling: string },
  ): ScoreEntry | undefined {
    const scores = this.#scores.get(questionId);
    if (!scores) return undefined;
    const exact = scores.get(`${of.scorer} ${of.scoring} ${of.sampling}`);
    const found =
      exact ??
      [...scores.values()].findLast(
        (entry) => entry.scorer === of.scorer && entry.sampling === of.sampling,
      );
    return found && !this.#isStale(found) ? found : undefined;
  }

  #isStale(score: ScoreEntry): boolean {
    if (score.texts === undefined) return false;
    const rows = this.#rows.get(score.questionId)?.get(score.sampling);
    const text = (index: number) => {
      const row = rows?.get(index);
      return row === undefined ? undefined : { text: this.#columns.text(row) };
    };
    return score.texts !== textsDigest(score.indices.map(text));
  }

  #addQuestion(entry: QuestionEntry): void {
    const first = this.questions.get(entry.id);
    if (first && first.line !== entry.line)
      this.problems.push({
        file: 'questions.jsonl',
        line: entry.line,
        message: `the id "${entry.id}" stands on line ${first.line} already; this question is left out. Give it another id.`,
      });
    else this.questions.set(entry.id, entry);
  }

  #addScore(entry: ScoreEntry): void {
    const scores = inner(this.#scores, entry.questionId);
    const key = `${entry.scorer} ${entry.config} ${entry.sampling}`;
    // Set again at the end, so that the order of keys is that of the records.
    scores.delete(this.once(key));
    scores.set(this.once(key), this.#shared(entry));
  }

  /** Each entry comes from a worker with texts and indices of its own; those that repeat are kept once. */
  #shared(entry: ScoreEntry): ScoreEntry {
    if (!isEqual(entry.indices, this.#indices)) this.#indices = entry.indices;
    return {
      ...entry,
      questionId: this.once(entry.questionId),
      scorer: this.once(entry.scorer),
      config: this.once(entry.config),
      sampling: this.once(entry.sampling),
      indices: this.#indices,
    };
  }

  #addTrajectory(entry: TrajectoryEntry): void {
    const bySampling = inner(this.#rows, this.once(entry.questionId));
    const byIndex = inner(bySampling, this.once(entry.sampling));
    const first = byIndex.get(entry.index);
    if (first === undefined) {
      this.samplings.set(entry.sampling, (this.samplings.get(entry.sampling) ?? 0) + 1);
      byIndex.set(entry.index, this.#columns.add(entry));
    }
    // The first record of an index counts, so that a double cannot change what was scored; a failed one gives way.
    else if (isFailed({ finishReason: this.#columns.finishReason(first) }))
      this.#columns.replace(first, entry);
    else return;
    if (entry.imported)
      this.imported.set(
        entry.sampling,
        Math.max(byIndex.size, this.imported.get(entry.sampling) ?? 0),
      );
  }
}

/** Identifies the texts of trajectories in an order: a score carries it to tell whether it still fits them. */
export function textsDigest(
  entries: readonly (Pick<TrajectoryEntry, 'text'> | undefined)[],
): string {
  return digestOf(entries.map((entry) => entry?.text ?? '').join(' '));
}

function isEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, position) => value === b[position]);
}

function inner<K, K2, V>(map: Map<K, Map<K2, V>>, key: K): Map<K2, V> {
  const found = map.get(key);
  if (found) return found;
  const made = new Map<K2, V>();
  map.set(key, made);
  return made;
}

/** Reads a whole study into an index, in this thread. */
export async function indexStudy(
  { paths, config }: Pick<Study, 'paths' | 'config'>,
  signal?: AbortSignal,
): Promise<StudyIndex> {
  const rules = answerRules(config.review.answer_rules);
  const index = new StudyIndex();
  for (const file of await studyFiles(paths))
    for await (const batch of scanFile(file, undefined, signal, rules)) index.apply(batch);
  return index;
}
