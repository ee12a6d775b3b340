import type { QuestionWork } from './questionWork.ts';
import type { Replica } from './replica.ts';

/** One request that can be sent now. */
export interface Sending {
  work: QuestionWork;
  replica: Replica;
  /** Choices that it asks for. */
  choices: number;
}

export interface SendingLimits {
  /** Samples in flight at once, over all replicas. */
  maxConcurrency: number;
  /** The most choices that one request asks for; 1 asks for each sample with a seed of its own. */
  maxChoices?: number | undefined;
}

const MOST_CHOICES = 32;

/** Which question is asked where, and when: the questions that are begun, and what of them fits on which replica. */
export class SendingPlan {
  readonly #replicas: readonly Replica[];
  readonly #works: Iterator<QuestionWork, undefined>;
  readonly #limits: SendingLimits;
  readonly #begun = new Set<QuestionWork>();
  #noMoreWorks = false;

  /** @param works questions in the order in which they are begun. */
  constructor(
    replicas: readonly Replica[],
    works: Iterator<QuestionWork, undefined>,
    limits: SendingLimits,
  ) {
    this.#replicas = replicas;
    this.#works = works;
    this.#limits = limits;
  }

  /** Questions that are begun and not done. */
  get begun(): ReadonlySet<QuestionWork> {
    return this.#begun;
  }

  get done(): boolean {
    return this.#begun.size === 0 && this.#noMoreWorks;
  }

  /** Forgets a question that has nothing left to do. */
  leave(work: QuestionWork): void {
    if (!work.done || work.waiting) return;
    this.#begun.delete(work);
    work.encoded = undefined;
  }

  /**
   * What is sent next. New questions are begun a round of samples ahead, so that their prompts are computed while the
   * samples of others are written, and not further, so that few prompts share the server's cache.
   */
  next(): Sending | undefined {
    if (this.#inFlight >= this.#limits.maxConcurrency) return undefined;
    const free = this.#replicas.filter((replica) => replica.room > 0);
    if (free.length === 0) return undefined;
    const ready = [...this.#begun].filter(({ pending, waiting }) => pending.length > 0 && !waiting);
    const ahead = (replica: Replica) =>
      ready.reduce((sum, work) => sum + (work.replica === replica ? work.pending.length : 0), 0);
    const load = (replica: Replica) => (replica.inFlight + ahead(replica)) / replica.limit.value;
    const [idlest] = free
      .filter((replica) => ahead(replica) < replica.limit.value)
      .sort((a, b) => load(a) - load(b));
    if (idlest) {
      const homeless = ready.filter(({ replica }) => replica === undefined);
      const work = homeless.find(({ suspect }) => !suspect) ?? this.#nextWork() ?? homeless[0];
      const sending = work && this.#fitting(work, idlest);
      if (sending) return sending;
    }
    for (const work of ready.sort((a, b) => Number(a.suspect) - Number(b.suspect))) {
      const { replica } = work;
      if (!replica || work.prompt === 'leading') continue;
      const sending = this.#fitting(work, replica);
      if (sending) return sending;
    }
    return undefined;
  }

  #nextWork(): QuestionWork | undefined {
    if (this.#noMoreWorks) return undefined;
    const { done, value } = this.#works.next();
    if (done === true) {
      this.#noMoreWorks = true;
      return undefined;
    }
    this.#begun.add(value);
    return value;
  }

  get #inFlight(): number {
    return this.#replicas.reduce((sum, { inFlight }) => sum + inFlight, 0);
  }

  /** A request for a question, where it fits: a set of choices is not split for want of room, so an idle replica takes it. */
  #fitting(work: QuestionWork, replica: Replica): Sending | undefined {
    const choices = this.#choicesFor(work, replica);
    if (this.#inFlight + choices > this.#limits.maxConcurrency) return undefined;
    const fits = replica.room >= choices || (replica.room > 0 && replica.inFlight === 0);
    return fits ? { work, replica, choices } : undefined;
  }

  /** How many choices the next request for a question asks a replica for: all that are missing, or one. */
  #choicesFor(work: QuestionWork, replica: Replica): number {
    if (!replica.client.ways.n) return 1;
    const { maxConcurrency, maxChoices = MOST_CHOICES } = this.#limits;
    return Math.min(work.pending.length, maxChoices, maxConcurrency);
  }
}
