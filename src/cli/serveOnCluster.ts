import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import { openCluster, type ClusterAccess } from '../cluster/connect.ts';
import { ServerLink, type LinkedServer } from '../cluster/serve/serverLink.ts';
import {
  startServer,
  type ServerRequest,
  type ServeSummary,
} from '../cluster/serve/startServer.ts';
import { SealongError } from '../errors.ts';
import { runStage } from '../stage.ts';
import type { StageEnvironment } from '../stageRequest.ts';
import type { Setting } from '../study/loadConfig.ts';
import { openStudy, type Study } from '../study/study.ts';
import { jobFolder } from '../training/jobRecord.ts';
import type { ProgressLine } from './progressLine.ts';

/** An inference server on a cluster: a new one, or the tunnel to one that is there. */
export type ServeCommand = {
  kind: 'serveOnCluster';
  study: string;
  settings: readonly Setting[];
} & (
  | { server: string }
  | ({ cluster: string; plan: boolean; detach: boolean; again: boolean } & ServerRequest)
);

/**
 * Sends a server, waits until it answers and keeps the tunnel to it until the server ends or this process is interrupted.
 *
 * @param ports.print gets one summary: of the plan, of what was sent, or of the server as it answers here.
 */
export async function serveOnCluster(
  command: ServeCommand,
  access: ClusterAccess,
  ports: { print: (summary: object) => void; line: ProgressLine; signal: AbortSignal },
): Promise<void> {
  const { print, line, signal } = ports;
  const study = await openStudy(command.study, command.settings);
  let id: string;
  let sent: Partial<ServeSummary> = {};
  if ('server' in command) id = command.server;
  else {
    const { cluster, host } = await openCluster(access, command.cluster);
    try {
      const { plan, again } = command;
      const stage = startServer(
        study,
        command,
        { clock: systemClock, host, cluster },
        { plan, again, signal },
      );
      sent = await runStage(stage, (event) => {
        line.event(event);
      });
    } finally {
      await host.close();
    }
    if (command.plan || command.detach || typeof sent.job !== 'string') {
      print(sent);
      return;
    }
    id = sent.job;
  }
  const keep = linked(
    study,
    id,
    {
      access,
      signal,
      tell: (text) => {
        line.message(text);
      },
    },
    async (server, stop) => {
      const { baseUrl, model } = server.profile;
      const summary = { stage: 'serve', ...sent, job: id, state: 'running', url: baseUrl, model };
      print({ ...summary, key_file: join(jobFolder(study, id), 'api_key') });
      line.message(
        `Keeping the tunnel; end it with Ctrl-C. The server goes on until "sealong cancel ${command.study} ${id}".`,
      );
      await aborted(stop);
    },
  );
  await keep.catch((error: unknown) => {
    if (!(error instanceof SealongError && error.code === 'server_cancelled')) throw error;
    line.message(error.message);
  });
}

/** Runs with a study's server on a cluster as the endpoint. */
export async function withServer<T>(
  environment: StageEnvironment,
  options: { study?: string; signal: AbortSignal; tell: (message: string) => void },
  use: (environment: StageEnvironment, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { endpoint, clusters } = environment;
  const { study: dir, signal, tell } = options;
  if (!endpoint || !clusters || dir === undefined)
    throw new SealongError(
      'usage',
      'Wrong use: a server on a cluster is known by its study. Name the address that "sealong serve STUDY SERVER" prints.',
    );
  const study = await openStudy(dir);
  return linked(study, endpoint.baseUrl, { access: clusters, signal, tell }, (server, stop) => {
    const { apiKey, profile } = server;
    return use(
      {
        ...environment,
        endpoint: { ...endpoint, baseUrl: profile.baseUrl },
        ...(apiKey === undefined ? {} : { apiKey }),
      },
      stop,
    );
  });
}

/** Does something with a server for as long as it is there; the signal given is aborted when it ends. */
async function linked<T>(
  study: Study,
  id: string,
  options: { access: ClusterAccess; signal: AbortSignal; tell: (message: string) => void },
  use: (server: LinkedServer, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { access, signal, tell } = options;
  const open = (name: string) => openCluster(access, name);
  const link = await ServerLink.open(study, id, { clock: systemClock, open }, { tell });
  const ended = new AbortController();
  const close = () => void link.close();
  signal.addEventListener('abort', close);
  if (signal.aborted) close();
  link.over.then(
    ({ state }) => {
      const code = state === 'cancelled' ? 'server_cancelled' : 'server_ended';
      ended.abort(new SealongError(code, `Server ${id} is ${state.replaceAll('_', ' ')}.`));
    },
    (error: unknown) => {
      ended.abort(error);
    },
  );
  try {
    return await use(await link.ready, AbortSignal.any([signal, ended.signal]));
  } finally {
    signal.removeEventListener('abort', close);
    await link.close();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('Stopped.'));
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
