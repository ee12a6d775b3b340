import { SealongError, messageOf } from '../errors.ts';
import { RunCancelled } from '../stage.ts';
import { forgetRun, keepRun, type RunRecord } from '../study/runRecord.ts';
import type { Study } from '../study/study.ts';

/** The server and the settings of a run: what is needed to go on with it. */
export type RunOrigin = Pick<RunRecord, 'endpoint' | 'settings'>;

/**
 * Keeps a record of a run from its start until it is done or the user cancels it, so that one that broke off can be
 * offered to be gone on with, whoever began it. Called by who holds the lock of the stage.
 */
export async function* recordedRun<Event>(
  study: Study,
  run: Omit<RunRecord, 'stopped' | 'offered'>,
  taking: AsyncGenerator<Event, void, undefined>,
  signal: AbortSignal,
): AsyncGenerator<Event, void, undefined> {
  const record: RunRecord = { ...run, offered: false };
  await keepRun(study, record);
  try {
    yield* taking;
  } catch (error) {
    if (!signal.aborted) await keepRun(study, { ...record, stopped: messageOf(error) }).catch(told);
    else if (signal.reason instanceof RunCancelled) await forgetRun(study).catch(told);
    throw error;
  }
  await forgetRun(study);
}

/** Why the run ended is what the user has to hear: a record that cannot be changed, as on a full disk, stays as it was. */
function told(error: unknown): void {
  if (!(error instanceof SealongError)) throw error;
}
