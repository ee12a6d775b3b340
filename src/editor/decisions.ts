import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { SealongError } from '../errors.ts';
import {
  appendDecision,
  makeDecision,
  type DecisionRequest,
} from '../preference/recordDecision.ts';
import { withActualNumbers } from '../review/blindNumbers.ts';
import { blindState } from '../review/blindState.ts';
import { lockStage } from '../study/lock.ts';
import { openStudy } from '../study/study.ts';
import { shownNumbers } from './shownState.ts';
import type { StudyStore } from './store/studyStore.ts';
import { requireTrust } from './trust.ts';

const LOCK_ATTEMPTS = 20;
const LOCK_PAUSE_MS = 100;

/** Writes a reviewer's decisions, one after another: each is made on what the one before it led to. */
export class Decisions {
  readonly #store: StudyStore;
  readonly #reviewer: () => string;
  #tail: Promise<void> = Promise.resolve();

  constructor(store: StudyStore, reviewer: () => string) {
    this.#store = store;
    this.#reviewer = reviewer;
  }

  /**
   * Resolves once the decision is on the disk and the store has read it.
   *
   * @param request by the indices that the reviewer is shown.
   * @throws SealongError `untrusted`, `no_study`, those of makeDecision, `read_only`, `disk_full`.
   */
  decide(dir: string, questionId: string, request: DecisionRequest): Promise<void> {
    const result = this.#tail.then(() => this.#decide(dir, questionId, request));
    this.#tail = result.catch(() => undefined);
    return result;
  }

  async #decide(dir: string, questionId: string, request: DecisionRequest): Promise<void> {
    requireTrust('Deciding on a pair');
    const study = await openStudy(dir);
    const unlock = await this.#lock(study);
    try {
      await this.#store.refreshDecisions(dir);
      const open = this.#store.study(dir);
      if (!open) throw new SealongError('no_study', `${dir} is no study any more.`);
      const reviewer = this.#reviewer();
      const state = open.state(questionId);
      const numbers = shownNumbers(open, questionId, reviewer);
      const record = makeDecision(
        state,
        open.selection,
        numbers ? withActualNumbers(request, numbers) : request,
        { reviewer, id: randomUUID(), at: new Date() },
        open.blind ? blindState(state, reviewer) : state,
      );
      await appendDecision(study.paths, record);
    } finally {
      await unlock();
    }
    await this.#store.refreshDecisions(dir);
  }

  /** Another window of the same reviewer may be writing: that takes milliseconds. */
  async #lock(study: Parameters<typeof lockStage>[0]): Promise<() => Promise<void>> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await lockStage(study, 'decisions');
      } catch (error) {
        const busy = error instanceof SealongError && error.code === 'busy';
        if (!busy || attempt === LOCK_ATTEMPTS) throw error;
        await delay(LOCK_PAUSE_MS);
      }
    }
  }
}
