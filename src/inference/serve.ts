import { randomBytes } from 'node:crypto';
import { readEmbeddedChat } from './embeddedFolder.ts';
import type { LanguageModel } from './languageModel.ts';
import { loadLlamaModel } from './llamaModel.ts';
import { startInferenceServer, type InferenceServer } from './server.ts';
import {
  findRunningServer,
  removeServerState,
  writeServerState,
  type ServerState,
} from './serverState.ts';

export interface ServeOptions {
  /** Folder of the embedded models, see `readEmbeddedChat`. */
  embeddedFolder: string;
  /** 0 takes a free one. */
  port: number;
  /** Where a running server is found again. */
  stateFile: string;
  /** Stops the server, if it was started here. */
  signal: AbortSignal;
  log: (line: string) => void;
  /** How to load the model; tests give another. */
  load?: (embeddedFolder: string) => Promise<LanguageModel>;
}

export interface Served {
  url: string;
  pid: number;
  model: string;
  /** True where a server was running already; it is left as it is, also when `signal` is aborted. */
  reused: boolean;
  /** Resolves when the server has stopped; at once where it was reused. */
  closed: Promise<void>;
}

/**
 * Serves the embedded model on loopback, or finds the server that does so already.
 *
 * @throws SealongError `embedded_missing`, `embedded_damaged`, `port_in_use`, those of `loadLlamaModel` and `fileError`.
 */
export async function serveEmbedded(options: ServeOptions): Promise<Served> {
  const { embeddedFolder, stateFile, signal, log } = options;
  signal.throwIfAborted();
  const running = await findRunningServer(stateFile);
  if (running) {
    log(`The embedded model is already being served at ${running.url}.`);
    const { url, pid, model } = running;
    return { url, pid, model, reused: true, closed: Promise.resolve() };
  }
  log('Loading the embedded model ...');
  const model = await (options.load ?? loadEmbedded)(embeddedFolder);
  const token = randomBytes(32).toString('base64url');
  const stop = new AbortController();
  const stopping = AbortSignal.any([signal, stop.signal]);
  let server: InferenceServer | undefined;
  try {
    server = await startInferenceServer({
      model,
      port: options.port,
      shutdownToken: token,
      onShutdown: () => {
        stop.abort();
      },
      log,
    });
    const started = { url: server.url, pid: process.pid, model: model.id };
    const state: ServerState = { ...started, token, started_at: new Date().toISOString() };
    await writeServerState(stateFile, state);
    log(`Serving ${model.id} at ${server.url}.`);
    const closed = untilAborted(stopping).then(() => shutDown(server, model, stateFile, token));
    return { ...started, reused: false, closed };
  } catch (error) {
    await shutDown(server, model, stateFile, token);
    throw error;
  }
}

async function loadEmbedded(embeddedFolder: string): Promise<LanguageModel> {
  return loadLlamaModel(await readEmbeddedChat(embeddedFolder));
}

async function shutDown(
  server: InferenceServer | undefined,
  model: LanguageModel,
  stateFile: string,
  token: string,
): Promise<void> {
  await server?.close();
  await model.dispose();
  await removeServerState(stateFile, token);
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}
