import { parentPort } from 'node:worker_threads';
import { systemClock } from '../../clock.ts';
import { followClusters } from '../../cluster/followClusters.ts';
import { messageOf } from '../../errors.ts';
import type { Followed, FromFollowWorker, ToFollowWorker } from '../../protocol/follow.ts';

const port = parentPort;
if (!port) throw new Error('This script runs as a worker of the editor.');
const stop = new AbortController();
let followed: Followed & { revision: number } = { studies: [], except: [], revision: 0 };
let lookedAt = 0;

const send = (message: FromFollowWorker) => {
  port.postMessage(message);
};

port.on('message', (message: ToFollowWorker) => {
  if (message.type === 'stop') stop.abort(new Error('Following was stopped.'));
  else followed = message;
  if (message.type !== 'follow') return;
  const { access } = message;
  const look = () => {
    lookedAt = followed.revision;
    return followed;
  };
  void followClusters(look, { clock: systemClock, access, tell: send }, stop.signal)
    .then(
      () => {
        send({ type: 'ended', revision: lookedAt });
      },
      (error: unknown) => {
        if (stop.signal.aborted) send({ type: 'ended', revision: lookedAt });
        else
          send({
            type: 'failed',
            message: messageOf(error),
            ...(error instanceof Error && error.stack !== undefined ? { detail: error.stack } : {}),
          });
      },
    )
    .finally(() => {
      port.close();
    });
});
