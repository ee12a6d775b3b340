import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 100;

/** How long something that comes at once may take where two editors and a cluster share two cores. */
export const PATIENCE_MS = 120_000;

/** What a small model on two busy cores may take for a run of a few samples. */
export const RUN_MS = 180_000;

/**
 * Asks again and again until the answer is neither undefined nor false.
 *
 * @param what completes "Waited in vain for ...".
 */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  timeoutMs = PATIENCE_MS,
): Promise<Exclude<T, undefined | false>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await probe();
    if (isThere(answer)) return answer;
    if (Date.now() > deadline)
      throw new Error(`Waited in vain for ${what} (${Math.round(timeoutMs / 1000)} s).`);
    await delay(PAUSE_MS);
  }
}

function isThere<T>(answer: T): answer is Exclude<T, undefined | false> {
  return answer !== undefined && answer !== false;
}
