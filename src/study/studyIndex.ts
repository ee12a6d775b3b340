import type { Problem } from '../records/jsonl.ts';
import type { DecisionRecord } from '../records/schemas.ts';
import type { QuestionEntry, ScoreEntry, TrajectoryEntry } from './entries.ts';
import { scanFile, studyFiles, type ScanBatch } from './scan.ts';
import type { StudyPaths } from './study.ts';

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
  /** Question id, then `scorer config sampling`: the latest record counts. */
  readonly #scores = new Map<string, Map<string, ScoreEntry>>();
  /** Sampling hashes with their number of trajectories, in the order of their first appearance. */
  readonly samplings = new Map<string, number>();

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
        for (const entry of batch.entries)
          inner(this.#scores, entry.questionId).set(
            `${entry.scorer} ${entry.config} ${entry.sampling}`,
            entry,
          );
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

  hasTrajectory(questionId: string, sampling: string, index: number): boolean {
    return this.#trajectories.get(questionId)?.get(sampling)?.has(index) ?? false;
  }

  score(
    questionId: string,
    scorer: string,
    config: string,
    sampling: string,
  ): ScoreEntry | undefined {
    return this.#scores.get(questionId)?.get(`${scorer} ${config} ${sampling}`);
  }

  /** Every score record of a question that still counts. */
  scoresOf(questionId: string): ScoreEntry[] {
    return [...(this.#scores.get(questionId)?.values() ?? [])];
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

  #addTrajectory(entry: TrajectoryEntry): void {
    const bySampling = inner(this.#trajectories, entry.questionId);
    const byIndex = inner(bySampling, entry.sampling);
    // The first record of an index counts: a double cannot come from SeaLong, and must not change what was scored.
    if (byIndex.has(entry.index)) return;
    byIndex.set(entry.index, entry);
    this.samplings.set(entry.sampling, (this.samplings.get(entry.sampling) ?? 0) + 1);
  }
}

function inner<K, K2, V>(map: Map<K, Map<K2, V>>, key: K): Map<K2, V> {
  const found = map.get(key);
  if (found) return found;
  const made = new Map<K2, V>();
  map.set(key, made);
  return made;
}

/** Reads a whole study into an index, in this thread. */
export async function indexStudy(paths: StudyPaths, signal?: AbortSignal): Promise<StudyIndex> {
  const index = new StudyIndex();
  for (const file of await studyFiles(paths))
    for await (const batch of scanFile(file, undefined, signal)) index.apply(batch);
  return index;
}
