import { access } from 'node:fs/promises';
import { availableParallelism, freemem } from 'node:os';
import { join } from 'node:path';
import { SealongError } from '../../errors.ts';
import type { DownloadProgress, HubDownload, WorkerHubModel } from '../../protocol/embedding.ts';
import type { Embedder } from './embedder.ts';
import { EmbeddingThread } from './embeddingThread.ts';
import { checkHubId, COMPLETE, hubFolder } from './hub.ts';
import { knownModel } from './models.ts';
import { readModelFolder } from './modelFolder.ts';
import { defaultWorkers } from './parallelism.ts';
import { ThreadPool } from './threadPool.ts';

export interface FolderModel {
  folder: string;
}

export interface HubModel {
  hubId: string;
  /** `main` where absent. */
  revision?: string;
  cacheDir: string;
  /** Whether a missing model may be fetched; the user has been told what and from where, see {@link describeDownload}. */
  allowDownload: boolean;
  /** Base address of the hub; that of transformers.js where absent. */
  host?: string;
}

export interface LocalEmbedderOptions {
  model: FolderModel | HubModel;
  /** Task of models that have several; means nothing to others. */
  task: string;
  /** Worker threads; by default one a core, less one, as far as memory allows. */
  workers?: number;
  /** Entry of the worker: `embeddingWorker.js` of the build, or its source where Node runs that. */
  workerUrl: URL;
  onDownload?: (progress: DownloadProgress) => void;
  /** Ends a download. */
  signal?: AbortSignal;
}

/**
 * Opens a model that runs on this machine. Its weights are loaded with the first text, so that the id is there at once.
 *
 * @throws SealongError of the folder (`missing_file`, `not_transformers_js`, `bad_model`, ...), of the hub
 * (`model_not_downloaded`, `hub_unreachable`, `unknown_model`, ...) or `unknown_task`; the signal's reason.
 */
export async function openLocalEmbedder(options: LocalEmbedderOptions): Promise<Embedder> {
  const { model } = options;
  const name = 'folder' in model ? model.folder : model.hubId;
  const folder = 'folder' in model ? model.folder : await hubModelFolder(model, options);
  const { id, bytes, use } = await readModelFolder(folder, options.task, name);
  const workers = options.workers ?? defaultWorkers(availableParallelism(), freemem(), bytes);
  const pool = new ThreadPool(options.workerUrl, use, Math.max(1, workers));
  return {
    id,
    maxTokens: use.maxTokens,
    embed: (texts, signal) => pool.embed(texts, signal),
    matcher: {
      id,
      tokenVectors: (texts, stop) => pool.tokenVectors(texts, stop),
      match: (matches, stop) => pool.match(matches, stop),
    },
    close: () => pool.close(),
  };
}

/** What opening a hub model would fetch; null where it is on this machine already. */
export async function describeDownload(
  model: Omit<HubModel, 'allowDownload'>,
  workerUrl: URL,
  signal?: AbortSignal,
): Promise<HubDownload | null> {
  const hub = workerHubModel(model);
  if (await isComplete(hub)) return null;
  return withThread(workerUrl, signal, async (thread) => {
    const reply = await thread.request({ type: 'describe', hub }, signal ? { signal } : {});
    if (reply.type !== 'described') throw new Error(`The worker answered ${reply.type}.`);
    return reply.download;
  });
}

async function hubModelFolder(model: HubModel, options: LocalEmbedderOptions): Promise<string> {
  const hub = workerHubModel(model);
  if (await isComplete(hub)) return hubFolder(hub);
  if (!model.allowDownload) {
    const bytes = knownModel(model.hubId)?.downloadBytes;
    const size = bytes ? ` (about ${(bytes / 1e9).toFixed(2)} GB)` : '';
    throw new SealongError(
      'model_not_downloaded',
      `The embedding model ${model.hubId} is not on this machine${size}. Allow its download, or name a folder with it in scoring.embedding.model of sealong.json.`,
    );
  }
  return withThread(options.workerUrl, options.signal, async (thread) => {
    const reply = await thread.request(
      { type: 'download', hub },
      {
        ...(options.signal && { signal: options.signal }),
        ...(options.onDownload && { progress: options.onDownload }),
      },
    );
    if (reply.type !== 'downloaded') throw new Error(`The worker answered ${reply.type}.`);
    return reply.folder;
  });
}

function workerHubModel(model: Omit<HubModel, 'allowDownload'>): WorkerHubModel {
  checkHubId(model.hubId);
  const { hubId, revision = 'main', cacheDir, host } = model;
  return { hubId, revision, cacheDir, ...(host !== undefined && { host }) };
}

async function isComplete(hub: WorkerHubModel): Promise<boolean> {
  return access(join(hubFolder(hub), COMPLETE)).then(
    () => true,
    () => false,
  );
}

async function withThread<T>(
  workerUrl: URL,
  signal: AbortSignal | undefined,
  use: (thread: EmbeddingThread) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const thread = new EmbeddingThread(workerUrl);
  try {
    return await use(thread);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    await thread.close();
  }
}
