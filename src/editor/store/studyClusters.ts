import type { ClusterInput } from '../../clusters/answerClusters.ts';
import { QuestionPacker, type PackedQuestions } from '../../clusters/packedQuestions.ts';
import type { PlacedAnswers } from '../../clusters/placedAnswers.ts';
import { SealongError, messageOf } from '../../errors.ts';
import type { TimeSlices } from './timeSlices.ts';

/** Answers that the worker clusters at once: they take it some 10 ms, so that a scan beside them goes on. */
const BATCH = 2_000;

export interface StudyClustersPorts {
  cluster: (questions: PackedQuestions) => Promise<readonly PlacedAnswers[]>;
  slices: TimeSlices;
  /** A text as the index keeps it. */
  once: (text: string) => string;
  /** Undefined where the question is gone. */
  input: (questionId: string) => ClusterInput | undefined;
  /** More is known, or nothing is left to be read. */
  changed: () => void;
  log: (message: string) => void;
}

/**
 * The clusters of final answers of all questions of a study, made in a worker: in the editor's host they would take
 * seconds. Whoever opens a single question does not wait for them, and makes its clusters at once.
 */
export class StudyClusters {
  readonly #ports: StudyClustersPorts;
  readonly #known = new Map<string, PlacedAnswers>();
  /** Questions of which they are not known. */
  readonly #due = new Set<string>();
  /** Those that the worker has before it; what changes meanwhile is taken out. */
  readonly #asked = new Set<string>();
  #reading: Promise<void> | undefined;

  constructor(ports: StudyClustersPorts) {
    this.#ports = ports;
  }

  /** How many questions there are whose answers are still to be clustered. */
  get due(): number {
    return this.#due.size;
  }

  of(questionId: string): PlacedAnswers | undefined {
    return this.#known.get(questionId);
  }

  /** Something changed that the clusters of these questions are made of. */
  forget(questionIds: Iterable<string>): void {
    for (const id of questionIds) {
      this.#known.delete(id);
      this.#asked.delete(id);
      this.#due.add(id);
    }
  }

  /** Nothing of what was known holds. */
  forgetAll(questionIds: Iterable<string>): void {
    this.#known.clear();
    this.#due.clear();
    this.forget(questionIds);
  }

  /** Resolves when nothing is due, or when the worker has failed: the next call tries again. */
  read(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    while (this.#due.size > 0) {
      const { ids, questions } = await this.#nextBatch();
      if (ids.length === 0) break;
      let found: readonly PlacedAnswers[];
      try {
        found = await this.#ports.cluster(questions);
      } catch (error) {
        const closing = error instanceof SealongError && error.code === 'cancelled';
        if (!closing) this.#ports.log(`Final answers were not read: ${messageOf(error)}`);
        return;
      }
      for (const [position, id] of ids.entries()) {
        const placed = found[position];
        if (placed && this.#asked.delete(id)) this.#keep(id, placed);
      }
      this.#ports.changed();
    }
  }

  async #nextBatch(): Promise<{ ids: string[]; questions: PackedQuestions }> {
    const ids: string[] = [];
    const packer = new QuestionPacker();
    for (const id of this.#due) {
      await this.#ports.slices.pause();
      const input = this.#ports.input(id);
      if (!input) {
        this.#due.delete(id);
        continue;
      }
      ids.push(id);
      packer.add(input);
      this.#asked.add(id);
      if (packer.answers >= BATCH) break;
    }
    return { ids, questions: packer.packed() };
  }

  #keep(id: string, { labels, places }: PlacedAnswers): void {
    this.#due.delete(id);
    // Nearly all labels are answers: those of the index, not copies of them that came from the worker.
    this.#known.set(id, { labels: labels.map(this.#ports.once), places });
  }
}
