import { answerRules } from '../clusters/extractAnswer.ts';
import type { Problem } from '../records/jsonl.ts';
import type { DecisionRecord } from '../records/schemas.ts';
import { digestOf } from './canonicalHash.ts';
import { isFailed, type QuestionEntry, type ScoreEntry, type TrajectoryEntry } from './entries.ts';
import { scanFile, studyFiles, type ScanBatch } from './scan.ts';
import type { Study } from './study.ts';

/**
 * All of a study's records without their texts, fed by scans. Applying a batch twice changes nothing, so that a file can
 * be scanned again from any place.
 */
export class StudyIndex {
  readonly questions = new Map<string, QuestionEntry>();
  readonly decisions = new Map<string, DecisionRecord>();
  readonly problems: Problem[] = [];
  /** Question id, then sampling hash, then index. */
  readonly #trajectories = new Map<string, Map<string, Map<number, TrajectoryEntry>>>();
  /** Ids, hashes, reasons and answers of trajectories, each once. */
  readonly #texts = new Map<string, string>();
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

  /** The trajectories of a question under one sampling hash, by index. */
  trajectories(questionId: string, sampling: string): TrajectoryEntry[] {
    const found = this.#trajectories.get(questionId)?.get(sampling);
    return found ? [...found.values()].sort((a, b) => a.index - b.index) : [];
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
    const entries = this.#trajectories.get(score.questionId)?.get(score.sampling);
    return score.texts !== textsDigest(score.indices.map((index) => entries?.get(index)));
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
    scores.delete(key);
    scores.set(key, entry);
  }

  /** Each entry comes from a worker with texts of its own; those that repeat are kept once. */
  #shared(entry: TrajectoryEntry): TrajectoryEntry {
    const once = (text: string): string => {
      const known = this.#texts.get(text);
      if (known !== undefined) return known;
      this.#texts.set(text, text);
      return text;
    };
    return {
      ...entry,
      questionId: once(entry.questionId),
      sampling: once(entry.sampling),
      finishReason: once(entry.finishReason),
      ...(entry.answer === undefined ? {} : { answer: once(entry.answer) }),
    };
  }

  #addTrajectory(entry: TrajectoryEntry): void {
    const bySampling = inner(this.#trajectories, entry.questionId);
    const byIndex = inner(bySampling, entry.sampling);
    const first = byIndex.get(entry.index);
    // The first record of an index counts, so that a double cannot change what was scored; a failed one gives way.
    if (first && !isFailed(first)) return;
    if (!first) this.samplings.set(entry.sampling, (this.samplings.get(entry.sampling) ?? 0) + 1);
    byIndex.set(entry.index, this.#shared(entry));
    if (entry.imported)
      this.imported.set(
        entry.sampling,
        Math.max(byIndex.size, this.imported.get(entry.sampling) ?? 0),
      );
  }
}

/** Identifies the texts of trajectories in an order: a score carries it to tell whether it still fits them. */
export function textsDigest(entries: readonly (TrajectoryEntry | undefined)[]): string {
  return digestOf(entries.map((entry) => entry?.text ?? '').join(' '));
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
