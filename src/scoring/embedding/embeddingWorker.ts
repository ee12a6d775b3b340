import { parentPort } from 'node:worker_threads';
import { env } from '@huggingface/transformers';
import { SealongError } from '../../errors.ts';
import type {
  EmbeddingReply,
  EmbeddingRequest,
  FromEmbeddingWorker,
  ToEmbeddingWorker,
  WorkerHubModel,
} from '../../protocol/embedding.ts';
import { matchTokens } from '../bertScore/matchTokens.ts';
import { RowProducts } from '../bertScore/rowProducts.ts';
import { Encoder } from './encoder.ts';
import { engineError } from './engineError.ts';
import { downloadModel, listHubFiles, type HubAccess } from './hub.ts';
import { pool } from './pooling.ts';

/** Entry of a worker thread: holds one model and works on one request after the other. */
if (!parentPort) throw new Error('embeddingWorker is the entry of a worker thread.');
const port = parentPort;

let encoder: { loaded: Encoder; folder: string; pooling: 'mean' | 'cls' } | undefined;
let products: RowProducts | undefined;
let closing = false;
let queue = Promise.resolve();
const aborts = new Map<number, AbortController>();

port.on('message', (message: ToEmbeddingWorker) => {
  switch (message.type) {
    case 'request': {
      const abort = new AbortController();
      aborts.set(message.request, abort);
      queue = queue.then(() => settle(message.request, message.body, abort.signal));
      return;
    }
    case 'cancel':
      aborts.get(message.request)?.abort();
      return;
    case 'close':
      closing = true;
      for (const abort of aborts.values()) abort.abort();
      // Only between texts: the process dies when a session is torn down while it runs.
      queue = queue.then(async () => {
        await encoder?.loaded.dispose();
        await products?.dispose();
        port.close();
      });
  }
});

async function settle(request: number, body: EmbeddingRequest, signal: AbortSignal): Promise<void> {
  try {
    if (closing) throw new SealongError('embedder_closed', 'The embedding worker is closed.');
    if (signal.aborted) throw new SealongError('cancelled', 'The request was cancelled.');
    const reply = await answer(request, body, signal);
    post({ type: 'reply', request, reply }, transfersOf(reply));
  } catch (error) {
    const { code, message } = signal.aborted
      ? { code: 'cancelled', message: 'The request was cancelled.' }
      : engineError(error, encoder?.folder ?? (body.type === 'open' ? body.model.folder : ''));
    post({ type: 'failed', request, error: { code, message } });
  } finally {
    aborts.delete(request);
  }
}

async function answer(
  request: number,
  body: EmbeddingRequest,
  signal: AbortSignal,
): Promise<EmbeddingReply> {
  switch (body.type) {
    case 'open':
      await encoder?.loaded.dispose();
      encoder = {
        loaded: await Encoder.open(body.model),
        folder: body.model.folder,
        pooling: body.model.pooling,
      };
      return { type: 'opened' };
    case 'embed': {
      if (!encoder) throw new Error('A text came before its model.');
      const encoded = await encoder.loaded.encode(body.text);
      const vector = pool(encoded.vectors, encoded.dimensions, encoder.pooling);
      return { type: 'embedded', vector, tokens: encoded.tokens, truncated: encoded.truncated };
    }
    case 'tokens':
      if (!encoder) throw new Error('A text came before its model.');
      return { type: 'tokens', ...(await encoder.loaded.tokenVectors(body.text)) };
    case 'match':
      products ??= await RowProducts.open();
      return { type: 'matched', f1: await matchTokens(products, body.candidate, body.references) };
    case 'describe':
      return {
        type: 'described',
        download: await listHubFiles(accessTo(body.hub), body.hub, signal),
      };
    case 'download': {
      const folder = await downloadModel(
        accessTo(body.hub),
        body.hub,
        (progress) => {
          post({ type: 'progress', request, progress });
        },
        signal,
      );
      return { type: 'downloaded', folder };
    }
  }
}

function transfersOf(reply: EmbeddingReply): ArrayBuffer[] {
  if (reply.type === 'embedded') return [reply.vector.buffer];
  return reply.type === 'matched' ? [reply.f1.buffer] : [];
}

function accessTo(hub: WorkerHubModel): HubAccess {
  // The variable by which the tools of the hub are pointed to a mirror; a mirror gets no token.
  const mirror = hub.host ?? process.env['HF_ENDPOINT'];
  return {
    host: mirror ?? env.remoteHost,
    pathTemplate: env.remotePathTemplate,
    fetch,
    token: mirror === undefined ? process.env['HF_TOKEN'] : undefined,
  };
}

function post(message: FromEmbeddingWorker, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}
