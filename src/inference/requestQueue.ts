/** After this many requests served out of turn, the oldest one goes first whatever its prompt. */
const MOST_OVERTAKINGS = 16;

interface Waiting {
  promptKey: string;
  /** Requests that came later and were served first. */
  overtaken: number;
  admit: () => void;
}

/**
 * Lets one request at a time use the model: in order of arrival, except that those with the prompt just served go
 * first, since it is still evaluated. Nobody is overtaken more than `MOST_OVERTAKINGS` times.
 */
export class RequestQueue {
  #waiting: Waiting[] = [];
  #busy = false;
  #lastKey: string | undefined;

  get length(): number {
    return this.#waiting.length;
  }

  /** Waits for the turn. @returns the call that ends it. @throws the signal's reason when it is aborted while waiting. */
  async enter(promptKey: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        reject(reasonOf(signal));
      };
      const waiting: Waiting = {
        promptKey,
        overtaken: 0,
        admit: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiting);
      this.#admitNext();
    });
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#busy = false;
      this.#lastKey = promptKey;
      this.#admitNext();
    };
  }

  #admitNext(): void {
    if (this.#busy) return;
    const [oldest] = this.#waiting;
    if (!oldest) return;
    const sharing = this.#waiting.find(({ promptKey }) => promptKey === this.#lastKey);
    const next = sharing && oldest.overtaken < MOST_OVERTAKINGS ? sharing : oldest;
    const at = this.#waiting.indexOf(next);
    for (const earlier of this.#waiting.slice(0, at)) earlier.overtaken++;
    this.#waiting.splice(at, 1);
    this.#busy = true;
    next.admit();
  }
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('The request was cancelled.');
}
