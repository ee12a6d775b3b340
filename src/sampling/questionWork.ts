import type { QuestionEntry } from '../study/entries.ts';
import type { Replica } from './replica.ts';

/** A request that was made for a sample and gave none. */
export interface FailedAttempt {
  /** Reason code of the error. */
  kind: string;
  at: string;
}

/** One sample that is missing. */
export interface PendingSample {
  index: number;
  failedAttempts: FailedAttempt[];
}

/** What is to be done for one question: its samples share a prompt, which one replica computes once. */
export class QuestionWork {
  readonly question: QuestionEntry;
  /** Samples that are not asked for at present, by index. */
  readonly pending: PendingSample[];
  /** Where its prompt is computed, or will be. */
  replica: Replica | undefined;
  /** Whether the replica has the prompt: `leading` while the one request is under way that makes it so. */
  prompt: 'cold' | 'leading' | 'warm' = 'cold';
  /** The prompt as requests carry it, read when first asked for and kept while the question is begun. */
  encoded: Promise<Buffer> | undefined;
  requests = 0;
  /** After a failure, until its time has come. */
  waiting = false;
  waitsUntilMs = 0;
  /** Whether a request failed for a reason that may lie in the question: others go first then. */
  suspect = false;
  /** How many samples the run had taken when a request for this question failed first. */
  takenAtFirstFailure: number | undefined;

  constructor(question: QuestionEntry, indices: readonly number[]) {
    this.question = question;
    this.pending = indices.map((index) => ({ index, failedAttempts: [] }));
  }

  get done(): boolean {
    return this.pending.length === 0 && this.requests === 0;
  }

  /** Puts samples back that are to be asked for again. */
  putBack(samples: readonly PendingSample[]): void {
    this.pending.push(...samples);
    this.pending.sort((a, b) => a.index - b.index);
  }

  /** Forgets where the prompt is: it has to be computed anew. */
  release(): void {
    this.replica = undefined;
    this.prompt = 'cold';
  }
}
