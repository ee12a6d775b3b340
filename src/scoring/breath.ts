import { setImmediate as turn } from 'node:timers/promises';

/** Longest work in one turn of the event loop, in milliseconds: a frame, so that nobody else on the thread notices. */
const TURN_MS = 16;

/**
 * Lets long computations give way: call the result between pieces of work.
 *
 * @throws the signal's reason when it is aborted.
 */
export function breathing(signal: AbortSignal): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < TURN_MS) return;
    await turn();
    signal.throwIfAborted();
    since = performance.now();
  };
}
