import OpenAI from 'openai';
import { checkedHost } from '../../endpoint/checkedHost.ts';
import type { Embedder, Embedding } from './embedder.ts';
import { closedError } from './embeddingThread.ts';
import { knownModel, taskOf } from './models.ts';
import { readAnswer, type ServerVectors } from './serverAnswer.ts';
import { isBatchTooLarge, isFormatRefused, serverError } from './serverError.ts';

export interface ServerEmbedderOptions {
  /** Usually ends in `/v1`. */
  baseUrl: string;
  apiKey?: string | undefined;
  /** By the name the server knows it by. */
  model: string;
  /** Sent to models that have several tasks. */
  task: string;
  /** How long one request may take, in milliseconds. */
  timeoutMs?: number;
  /** Texts a request; halved by itself where the server takes fewer. */
  batch?: number;
  /** Requests in flight at once. */
  concurrency?: number;
  /** How often a request that may succeed later is tried again, with growing delays. */
  retries?: number;
}

const DEFAULT_TIMEOUT_MS = 2 * 60 * 1000;

/**
 * Embeddings of any OpenAI-compatible server. Redirects are not followed, so that a key goes to the named host alone.
 *
 * @throws SealongError `bad_endpoint` where `baseUrl` is no http(s) URL; `unknown_task`.
 */
export function openServerEmbedder(options: ServerEmbedderOptions): Embedder {
  const { model, task, apiKey, batch = 32, concurrency = 4 } = options;
  const host = checkedHost(options.baseUrl);
  const known = knownModel(model);
  const sentTask = taskOf(known, task) ? task : undefined;
  const prefix = known?.prefix ?? '';
  const closing = new AbortController();
  const client = new OpenAI({
    baseURL: options.baseUrl,
    // The package insists on a key and reads several variables of the environment; local servers need none.
    apiKey: apiKey ?? 'none',
    organization: null,
    project: null,
    maxRetries: options.retries ?? 2,
    logLevel: 'off',
    timeout: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    fetchOptions: { redirect: 'manual' },
  });
  // Base64 is half the size of floats and exact; what a server knows is found out once.
  let format: 'base64' | 'float' = 'base64';
  let dimensions: number | undefined;

  async function ask(texts: readonly string[], signal: AbortSignal): Promise<ServerVectors> {
    const asked = format;
    const body = {
      model,
      // Some servers refuse an empty text; a space is nothing to a tokenizer too.
      input: texts.map((text) => prefix + text.trim() || ' '),
      encoding_format: asked,
      ...(sentTask !== undefined && { task: sentTask }),
    };
    try {
      const answer: unknown = await client.embeddings.create(body, { signal });
      const read = readAnswer(answer, texts.length, host, dimensions);
      dimensions ??= read.vectors[0]?.length;
      return read;
    } catch (error) {
      if (asked === 'base64' && isFormatRefused(error)) {
        format = 'float';
        return ask(texts, signal);
      }
      if (texts.length > 1 && isBatchTooLarge(error)) {
        const half = Math.ceil(texts.length / 2);
        const first = await ask(texts.slice(0, half), signal);
        const second = await ask(texts.slice(half), signal);
        return { vectors: [...first.vectors, ...second.vectors], promptTokens: null };
      }
      signal.throwIfAborted();
      throw serverError(error, { host, model, apiKey });
    }
  }

  async function* embed(
    texts: readonly string[],
    signal?: AbortSignal,
  ): AsyncGenerator<Embedding, void, undefined> {
    const stop = new AbortController();
    const all = AbortSignal.any([closing.signal, stop.signal, ...(signal ? [signal] : [])]);
    all.throwIfAborted();
    const inFlight = new Map<number, Promise<{ start: number; answer: ServerVectors }>>();
    let next = 0;
    try {
      for (;;) {
        for (; next < texts.length && inFlight.size < concurrency; next += batch) {
          const start = next;
          const work = ask(texts.slice(start, start + batch), all).then((answer) => ({
            start,
            answer,
          }));
          // One that fails after another has ended the call has nobody left to tell.
          work.catch(() => undefined);
          inFlight.set(start, work);
        }
        if (inFlight.size === 0) return;
        const { start, answer } = await Promise.race(inFlight.values());
        inFlight.delete(start);
        const tokens = answer.vectors.length === 1 ? answer.promptTokens : null;
        for (const [offset, vector] of answer.vectors.entries())
          yield { position: start + offset, vector, tokens, truncated: null };
      }
    } finally {
      stop.abort();
    }
  }

  const how = [
    ...(sentTask === undefined ? [] : [`task ${sentTask}`]),
    ...(prefix ? [`prefix ${JSON.stringify(prefix)}`] : []),
  ];
  return {
    id: `server ${model}${how.length > 0 ? ` (${how.join(', ')})` : ''}`,
    maxTokens: null,
    embed,
    close: () => {
      closing.abort(closedError());
      return Promise.resolve();
    },
  };
}
