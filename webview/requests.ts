/** How a request to the editor ended. Errors are data: there is no second, throwing way out. */
export type RequestResult = { ok: true } | { ok: false; message: string };

/** Runs `task` after a delay and returns what takes it back. */
export type Delay = (ms: number, task: () => void) => () => void;

interface Pending {
  resolve: (result: RequestResult) => void;
  cancelTimeout: () => void;
}

/** Requests under way, by number. Each settles exactly once: with its reply, at its timeout, or when all are failed. */
export class PendingRequests {
  readonly #pending = new Map<number, Pending>();
  readonly #delay: Delay;
  readonly #timeoutMs: number;
  #last = 0;

  constructor(delay: Delay, timeoutMs: number) {
    this.#delay = delay;
    this.#timeoutMs = timeoutMs;
  }

  open(): { request: number; settled: Promise<RequestResult> } {
    const request = ++this.#last;
    const settled = new Promise<RequestResult>((resolve) => {
      const cancelTimeout = this.#delay(this.#timeoutMs, () => {
        this.settle(request, { ok: false, message: this.#timeoutMessage() });
      });
      this.#pending.set(request, { resolve, cancelTimeout });
    });
    return { request, settled };
  }

  /** A reply to a request that is not open (answered twice, or after its timeout) is ignored. */
  settle(request: number, result: RequestResult): void {
    const pending = this.#pending.get(request);
    if (pending === undefined) return;
    this.#pending.delete(request);
    pending.cancelTimeout();
    pending.resolve(result);
  }

  #timeoutMessage(): string {
    const seconds = Math.round(this.#timeoutMs / 1000);
    return (
      `The editor did not answer within ${seconds} s, so it is not known whether this was done. ` +
      'Look at the log (command "SeaLong: Show Log"), then try again.'
    );
  }
}
