import { setTimeout as delay } from 'node:timers/promises';

/** Time as an argument, so that tests set it. */
export interface Clock {
  now: () => Date;
  /** @throws the signal's reason when it is aborted. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}),
};
