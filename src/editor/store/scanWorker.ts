import { constants, getPriority, setPriority } from 'node:os';
import { unpackedQuestions } from '../../clusters/packedQuestions.ts';
import { placedAnswers } from '../../clusters/placedAnswers.ts';
import { SealongError, messageOf } from '../../errors.ts';
import type { FromScanWorker, ToScanWorker } from '../../protocol/scan.ts';
import { scanStudy } from './scanStudy.ts';

/** Batches (of 256 KiB of a file) that the host may have before it on its way: enough that neither waits for the other. */
const AHEAD = 2;

interface Running {
  abort: AbortController;
  room: number;
  wake: (() => void) | undefined;
}

/** The editor goes first, once it has something to show. */
function stepBack(): void {
  try {
    if (getPriority() < constants.priority.PRIORITY_BELOW_NORMAL)
      setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Where the system does not allow it, the reader works as it would have.
  }
}

const running = new Map<number, Running>();

function post(message: FromScanWorker): void {
  process.send?.(message);
}

async function scan({ request, dir, marks, only }: ToScanWorker & { type: 'scan' }): Promise<void> {
  const state: Running = { abort: new AbortController(), room: AHEAD, wake: undefined };
  running.set(request, state);
  const { signal } = state.abort;
  try {
    for await (const event of scanStudy(dir, marks, signal, only)) {
      if (event.type === 'batch') {
        while (state.room === 0 && !signal.aborted)
          await new Promise<void>((resolve) => (state.wake = resolve));
        state.room -= 1;
      }
      signal.throwIfAborted();
      post({ type: 'event', request, event });
      if (event.type === 'batch') stepBack();
    }
  } catch (error) {
    fail(request, error, signal.aborted ? 'cancelled' : 'scan_failed');
  } finally {
    running.delete(request);
  }
}

function cluster({ request, questions }: ToScanWorker & { type: 'cluster' }): void {
  try {
    post({
      type: 'clustered',
      request,
      questions: unpackedQuestions(questions).map(placedAnswers),
    });
  } catch (error) {
    fail(request, error, 'scan_failed');
  }
}

function fail(request: number, error: unknown, otherwise: string): void {
  const code = error instanceof SealongError ? error.code : otherwise;
  post({ type: 'failed', request, error: { code, message: messageOf(error) } });
}

// The window is gone, however it went.
process.on('disconnect', () => {
  process.exit();
});
process.on('message', (message: ToScanWorker) => {
  const state = running.get(message.request);
  switch (message.type) {
    case 'scan':
      void scan(message);
      return;
    case 'cluster':
      cluster(message);
      return;
    case 'taken':
      if (state) state.room += 1;
      state?.wake?.();
      return;
    case 'cancel':
      state?.abort.abort();
      state?.wake?.();
  }
});
