import { answerRules } from '../clusters/extractAnswer.ts';
import type { Problem } from '../records/jsonl.ts';
import type { DecisionRecord } from '../records/schemas.ts';
import { digestOf } from './canonicalHash.ts';
import {
  isFailed,
  type AnsweredEntry,
  type QuestionEntry,
  type ScoreEntry,
  type TrajectoryEntry,
} from './entries.ts';
import { scanFile, studyFiles, type ScanBatch } from './scan.ts';
import { NumberPool } from './numberPool.ts';
import type { PackedTrajectories } from './packedTrajectories.ts';
import { eachRow, rowAt, withRow, type SampleRows } from './sampleRows.ts';
import type { Study } from './study.ts';
import { TrajectoryColumns, type NumberedTrajectories } from './trajectoryColumns.ts';

/**
 * All of a study's records without their texts, fed by scans. Applying a batch twice changes nothing, so that a file can
 * be scanned again from any place.
 */
export class StudyIndex {
  readonly questions = new Map<string, QuestionEntry>();
  readonly decisions = new Map<string, DecisionRecord>();
  readonly problems: Problem[] = [];
  /** Sampling hash, then question id: the rows of its trajectories. */
  readonly #rows = new Map<string, Map<string, SampleRows>>();
  readonly #columns = new TrajectoryColumns();
  /** The indices of the score that came last: nearly all have the same, and share them. */
  #indices: number[] = [];
  /** By question id, one of each scorer, its parameters and sampling: the latest record counts, and stands last. */
  readonly #scores = new Map<string, StoredScore[]>();
  readonly #scoreValues = new NumberPool();
  /** Sampling hashes with their number of trajectories, in the order of their first appearance. */
  readonly samplings = new Map<string, number>();
  /** Likewise, of those that failed. */
  readonly failed = new Map<string, number>();
  /** Of the samplings that are answers of another dataset: how many a question has at most. */
  readonly imported = new Map<string, number>();

  apply(batch: ScanBatch): void {
    this.problems.push(...batch.problems);
    switch (batch.kind) {
      case 'questions':
        for (const entry of batch.entries) this.#addQuestion(entry);
        return;
      case 'trajectories':
        this.#addTrajectories(batch.entries);
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
    const entries: TrajectoryEntry[] = [];
    eachRow(this.#rowsOf(questionId, sampling), (row, index) => {
      entries.push(this.#columns.entry(row, { questionId, sampling, index }));
    });
    return entries;
  }

  /** What clusters of a question's answers are made of, by index. */
  answers(questionId: string, sampling: string): AnsweredEntry[] {
    const entries: AnsweredEntry[] = [];
    eachRow(this.#rowsOf(questionId, sampling), (row, index) => {
      entries.push(this.#columns.answer(row, index));
    });
    return entries;
  }

  /** Indices of the trajectories that have not failed, rising. */
  usableIndices(questionId: string, sampling: string): number[] {
    const indices: number[] = [];
    eachRow(this.#rowsOf(questionId, sampling), (row, index) => {
      if (!isFailed({ finishReason: this.#columns.finishReason(row) })) indices.push(index);
    });
    return indices;
  }

  #rowsOf(questionId: string, sampling: string): SampleRows | undefined {
    return this.#rows.get(sampling)?.get(questionId);
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
    const ofScorer = scores.filter(
      ({ scorer, sampling }) => scorer === of.scorer && sampling === of.sampling,
    );
    const found = ofScorer.find(({ config }) => config === of.scoring) ?? ofScorer.at(-1);
    if (!found || this.#isStale(found)) return undefined;
    const { place, ...entry } = found;
    return { ...entry, scores: this.#scoreValues.at(place, entry.indices.length) };
  }

  #isStale(score: StoredScore): boolean {
    if (score.texts === undefined) return false;
    const rows = this.#rowsOf(score.questionId, score.sampling);
    const text = (index: number) => {
      const row = rowAt(rows, index);
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
    const all = this.#scores.get(entry.questionId) ?? [];
    const isSame = ({ scorer, config, sampling }: StoredScore) =>
      scorer === entry.scorer && config === entry.config && sampling === entry.sampling;
    const before = all.find(isSame);
    const stored = this.#stored(entry, before);
    const others = before ? all.filter((other) => other !== before) : all;
    this.#scores.set(stored.questionId, [...others, stored]);
  }

  /** Each entry comes with texts and indices of its own; those that repeat are kept once. */
  #stored({ scores, ...entry }: ScoreEntry, before: StoredScore | undefined): StoredScore {
    if (!isEqual(entry.indices, this.#indices)) this.#indices = entry.indices;
    let place: number;
    if (before?.indices.length === scores.length) {
      place = before.place;
      this.#scoreValues.replace(place, scores);
    } else place = this.#scoreValues.add(scores);
    return {
      ...entry,
      questionId: this.once(entry.questionId),
      scorer: this.once(entry.scorer),
      config: this.once(entry.config),
      sampling: this.once(entry.sampling),
      indices: this.#indices,
      truncated: entry.truncated.length === 0 ? NONE : entry.truncated,
      place,
    };
  }

  #addTrajectories(packed: PackedTrajectories): void {
    const from = this.#columns.numbered(packed);
    const texts = packed.texts.map((text) => this.once(text));
    for (let position = 0; position < packed.index.length; position++) {
      this.#addTrajectory(from, position, {
        questionId: texts[packed.questionId[position] ?? 0] ?? '',
        sampling: texts[packed.sampling[position] ?? 0] ?? '',
        index: packed.index[position] ?? 0,
        finishReason: texts[packed.finishReason[position] ?? 0] ?? '',
      });
    }
  }

  #addTrajectory(
    from: NumberedTrajectories,
    position: number,
    entry: Pick<TrajectoryEntry, 'questionId' | 'sampling' | 'index' | 'finishReason'>,
  ): void {
    const { questionId, sampling, index } = entry;
    const byQuestion = this.#rows.get(sampling) ?? new Map<string, SampleRows>();
    this.#rows.set(sampling, byQuestion);
    const rows = byQuestion.get(questionId);
    const first = rowAt(rows, index);
    const fails = isFailed(entry);
    if (first === undefined) {
      add(this.samplings, sampling, 1);
      if (fails) add(this.failed, sampling, 1);
      byQuestion.set(questionId, withRow(rows, index, this.#columns.add(from, position)));
    }
    // The first record of an index counts, so that a double cannot change what was scored; a failed one gives way.
    else if (isFailed({ finishReason: this.#columns.finishReason(first) })) {
      if (!fails) add(this.failed, sampling, -1);
      this.#columns.replace(first, from, position);
    } else return;
    if (from.packed.rare.get(position)?.imported)
      this.imported.set(
        sampling,
        Math.max(this.usableIndices(questionId, sampling).length, this.imported.get(sampling) ?? 0),
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

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

/** The scores themselves lie in a pool. */
type StoredScore = Omit<ScoreEntry, 'scores'> & { place: number };

/** Nearly no score cut anything: all of these share it. */
const NONE: number[] = [];

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
