import type { Clock } from '../clock.ts';
import { seededRandom } from '../random.ts';
import { ChatError } from './chatError.ts';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/**
 * Tries again what can succeed later: exponential delays with jitter (half to whole of the delay), or the delay that the
 * server asks for, both capped at 30 s.
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
      const later = error instanceof ChatError && error.failure === 'later';
      if (!later || made >= options.attempts) throw error;
      const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (made - 1));
      const jittered = delay / 2 + random.below(Math.ceil(delay / 2) + 1);
      await options.clock.sleep(
        Math.min(LONGEST_DELAY_MS, error.retryAfterMs ?? jittered),
        options.signal,
      );
    }
  }
}
