import type { Clock } from '../clock.ts';
import { EndpointError } from '../endpoint/endpointError.ts';
import { seededRandom, type Random } from '../random.ts';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/**
 * How long to wait after a failure, in milliseconds: doubled each time up to 30 s, of which half to the whole is drawn,
 * so that requests that failed together do not come back together.
 *
 * @param failures how many there were in a row, from 1.
 */
export function backoffMs(failures: number, random: Random): number {
  const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1));
  return delay / 2 + random.below(Math.ceil(delay / 2) + 1);
}

/**
 * Tries one request again that can succeed later, after a growing delay or the one that the server asks for, which is
 * capped at 30 s.
 *
 * @returns what came, and how many attempts it took.
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  options: { clock: Clock; attempts: number; seed: number; signal: AbortSignal },
): Promise<{ value: T; attempts: number }> {
  const random = seededRandom(options.seed, 'retry');
  for (let made = 1; ; made++) {
    try {
      return { value: await attempt(), attempts: made };
    } catch (error) {
      const later = error instanceof EndpointError && error.failure === 'later';
      if (!later || made >= options.attempts) throw error;
      const delay = error.retryAfterMs ?? backoffMs(made, random);
      await options.clock.sleep(Math.min(LONGEST_DELAY_MS, delay), options.signal);
    }
  }
}
