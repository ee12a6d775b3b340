import { parentPort } from 'node:worker_threads';
import { SealongError, messageOf } from '../../errors.ts';
import type { FromStageWorker, StageOutcome, ToStageWorker } from '../../protocol/stage.ts';
import { RunCancelled } from '../../stage.ts';
import { runNamedStage } from '../../stages.ts';

type RunMessage = Extract<ToStageWorker, { type: 'run' }>;

const port = parentPort;
if (!port) throw new Error('This script runs as a worker of the editor.');
const cancelled = new AbortController();

const send = (message: FromStageWorker) => {
  port.postMessage(message);
};

port.on('message', (message: ToStageWorker) => {
  if (message.type === 'cancel')
    cancelled.abort(
      message.byUser
        ? new RunCancelled('Cancelled in the editor.')
        : new Error('The window was closed.'),
    );
  else
    void run(message).then((outcome) => {
      send(outcome);
      // Nothing else keeps the thread alive; ending it by force could meet a model in the middle of a run.
      port.close();
    });
});

async function run({ request, environment }: RunMessage): Promise<StageOutcome> {
  try {
    for await (const event of runNamedStage(request, environment, cancelled.signal)) {
      if (event.type === 'done') return { type: 'done', summary: event.summary };
      if (event.type === 'progress') send({ type: 'progress', progress: event });
      else send(event);
    }
    return { type: 'failed', code: 'internal', message: 'The run ended without a result.' };
  } catch (error) {
    if (cancelled.signal.aborted && !(error instanceof SealongError)) return { type: 'cancelled' };
    return {
      type: 'failed',
      code: error instanceof SealongError ? error.code : 'internal',
      message: messageOf(error),
      ...(error instanceof Error && error.stack !== undefined ? { detail: error.stack } : {}),
    };
  }
}
