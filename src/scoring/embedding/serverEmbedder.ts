import { systemClock } from '../../clock.ts';
import { EndpointError } from '../../endpoint/endpointError.ts';
import { HttpClient } from '../../endpoint/httpClient.ts';
import { SealongError } from '../../errors.ts';
import { withRetries } from '../../sampling/retry.ts';
import type { Embedder, Embedding } from './embedder.ts';
import { closedError } from './embeddingThread.ts';
import { knownModel, taskOf } from './models.ts';
import { readAnswer, type ServerVectors } from './serverAnswer.ts';
import { isBatchTooLarge, isFormatRefused, refusedEmbedding } from './serverError.ts';

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
  const known = knownModel(model);
  const sentTask = taskOf(known, task) ? task : undefined;
  const prefix = known?.prefix ?? '';
  const closing = new AbortController();
  const http = new HttpClient(options);
  const { host } = http;
  const { timeoutMs = DEFAULT_TIMEOUT_MS, retries = 2 } = options;
  // Base64 is half the size of floats and exact; what a server knows is found out once.
  let format: 'base64' | 'float' = 'base64';
  let dimensions: number | undefined;

  async function askOnce(texts: readonly string[], signal: AbortSignal): Promise<ServerVectors> {
    const asked = format;
    const body = {
      model,
      // Some servers refuse an empty text; a space is nothing to a tokenizer too.
      input: texts.map((text) => prefix + text.trim() || ' '),
      encoding_format: asked,
      ...(sentTask !== undefined && { task: sentTask }),
    };
    const answer = await http.exchange({
      path: '/embeddings',
      body: [Buffer.from(JSON.stringify(body), 'utf8')],
      timeoutMs,
      signal,
    });
    if (answer.status === 200) {
      const read = readAnswer(jsonOf(answer.text, host), texts.length, host, dimensions);
      dimensions ??= read.vectors[0]?.length;
      return read;
    }
    if (asked === 'base64' && isFormatRefused(answer)) {
      format = 'float';
      return askOnce(texts, signal);
    }
    if (texts.length > 1 && isBatchTooLarge(answer)) {
      const half = Math.ceil(texts.length / 2);
      const first = await ask(texts.slice(0, half), signal);
      const second = await ask(texts.slice(half), signal);
      return { vectors: [...first.vectors, ...second.vectors], promptTokens: null };
    }
    throw refusedEmbedding(answer, { host, model, apiKey });
  }

  async function ask(texts: readonly string[], signal: AbortSignal): Promise<ServerVectors> {
    try {
      const { value } = await withRetries(() => askOnce(texts, signal), {
        clock: systemClock,
        attempts: 1 + retries,
        seed: 0,
        signal,
      });
      return value;
    } catch (error) {
      // Whether the connection was never made or did not last is one to who waits for embeddings.
      if (error instanceof EndpointError && error.code === 'connection_reset')
        throw new SealongError('server_unreachable', error.message, { cause: error.cause });
      throw error;
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

function jsonOf(text: string, host: string): unknown {
  if (text.trimStart().startsWith('<')) return text;
  try {
    return JSON.parse(text);
  } catch {
    throw new EndpointError(
      'bad_answer',
      'later',
      `${host} sent an answer that is not valid JSON.`,
    );
  }
}
