import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { messageOf, SealongError, systemCodeOf } from '../errors.ts';
import { ApiError } from './apiError.ts';
import {
  parseChatRequest,
  parseTokenizeRequest,
  type ChatCompletionRequest,
} from './apiRequests.ts';
import {
  checkModel,
  choiceUsage,
  chunkBody,
  complete,
  completionBody,
  emptyCompletion,
  toGeneration,
} from './chatCompletion.ts';
import { readBody, sendJson } from './httpBody.ts';
import type { GenerationRequest, LanguageModel } from './languageModel.ts';
import { RequestQueue } from './requestQueue.ts';

export interface InferenceServerOptions {
  model: LanguageModel;
  /** 0 takes a free one. */
  port: number;
  /** What `POST /shutdown` must carry as its bearer token; without one there is no such path. */
  shutdownToken?: string;
  onShutdown?: () => void;
  log?: (line: string) => void;
  now?: () => Date;
}

export interface InferenceServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Ends the requests in progress and stops listening. The model stays loaded. */
  close: () => Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/**
 * An OpenAI-compatible server for one model, on 127.0.0.1 only and without keys.
 *
 * @throws SealongError `port_in_use`, `listen_failed`.
 */
export async function startInferenceServer(
  options: InferenceServerOptions,
): Promise<InferenceServer> {
  const closing = new AbortController();
  const routes = routesOf(options, closing.signal);
  const server = createServer((request, response) => {
    void answer(routes, request, response, options.log);
  });
  // A question may wait for its turn longer than Node's five minutes.
  server.requestTimeout = 0;
  const port = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      closing.abort(new ApiError(503, 'The server is stopping.', { code: 'stopping' }));
      const closed = new Promise<void>((resolve) =>
        server.close(() => {
          resolve();
        }),
      );
      server.closeIdleConnections();
      const linger = setTimeout(() => {
        server.closeAllConnections();
      }, 1000);
      await closed;
      clearTimeout(linger);
    },
  };
}

function routesOf(
  options: InferenceServerOptions,
  closing: AbortSignal,
): Map<string, Map<string, Handler>> {
  const { model, shutdownToken, onShutdown } = options;
  const now = options.now ?? (() => new Date());
  const queue = new RequestQueue();
  const started = Math.floor(now().getTime() / 1000);

  const health: Handler = (_, response) => {
    sendJson(response, 200, { status: 'ok', model: model.id, pid: process.pid });
  };
  const models: Handler = (_, response) => {
    const { id, contextTokens } = model;
    const entry = { id, object: 'model', created: started, owned_by: 'sealong' };
    sendJson(response, 200, { object: 'list', data: [{ ...entry, max_model_len: contextTokens }] });
  };
  const tokenize: Handler = async (request, response) => {
    const {
      model: asked,
      messages,
      prompt,
      content,
    } = parseTokenizeRequest(await readBody(request));
    checkModel(asked, model);
    const text = prompt ?? content;
    if (!messages && typeof text !== 'string') {
      throw new ApiError(400, "One of 'prompt', 'messages' or 'content' is needed.", {
        param: 'prompt',
        code: 'missing_field',
      });
    }
    const tokens = messages ? model.applyChatTemplate(messages) : model.tokenize(text ?? '');
    sendJson(response, 200, { count: tokens.length, max_model_len: model.contextTokens, tokens });
  };
  const chat: Handler = async (request, response) => {
    const asked = parseChatRequest(await readBody(request));
    checkModel(asked.model, model);
    const generation = toGeneration(asked, model);
    const gone = new AbortController();
    response.once('close', () => {
      gone.abort(new Error('The client is gone.'));
    });
    const signal = AbortSignal.any([gone.signal, closing]);
    const leave = await queue.enter(promptKey(generation.prompt), signal);
    try {
      await completeChat(model, asked, generation, response, signal, now());
    } finally {
      leave();
    }
  };
  const shutdown: Handler = (request, response) => {
    const given = request.headers.authorization ?? '';
    if (shutdownToken === undefined || !sameText(given, `Bearer ${shutdownToken}`)) {
      throw new ApiError(403, 'Stopping this server needs the token of its state file.', {
        code: 'forbidden',
      });
    }
    sendJson(response, 200, { status: 'stopping' });
    response.once('close', () => onShutdown?.());
  };

  return new Map([
    ['/health', new Map([['GET', health]])],
    ['/v1/models', new Map([['GET', models]])],
    ['/v1/chat/completions', new Map([['POST', chat]])],
    ['/tokenize', new Map([['POST', tokenize]])],
    ['/shutdown', new Map([['POST', shutdown]])],
  ]);
}

async function completeChat(
  model: LanguageModel,
  asked: ChatCompletionRequest,
  generation: GenerationRequest,
  response: ServerResponse,
  signal: AbortSignal,
  now: Date,
): Promise<void> {
  const completion = emptyCompletion(generation, now);
  const progress = complete(model, generation, completion, signal);
  if (asked.stream !== true) {
    await drain(progress);
    sendJson(response, 200, completionBody(completion, model));
    return;
  }
  const withUsage = asked.stream_options?.include_usage === true;
  const send = (body: object) => response.write(`data: ${JSON.stringify(body)}\n\n`);
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  const usage = withUsage ? null : undefined;
  for (const choice of completion.choices.keys()) {
    const delta = { role: 'assistant', content: '' };
    send(chunkBody(completion, model, { choice, delta, finishReason: null }, usage));
  }
  const counts = withUsage && asked.stream_options?.continuous_usage_stats === true;
  for await (const { choice, text, finishReason, completionTokens } of progress) {
    const delta = finishReason === null ? { content: text } : {};
    const part = { choice, delta, finishReason };
    const own = counts && completionTokens !== undefined;
    send(
      chunkBody(completion, model, part, own ? choiceUsage(completion, completionTokens) : usage),
    );
  }
  if (withUsage) send(chunkBody(completion, model, undefined, completion.usage));
  response.end('data: [DONE]\n\n');
}

/** Runs to the end without looking at the parts. */
async function drain(parts: AsyncGenerator<unknown, void>): Promise<void> {
  while (!(await parts.next()).done);
}

async function answer(
  routes: Map<string, Map<string, Handler>>,
  request: IncomingMessage,
  response: ServerResponse,
  log: ((line: string) => void) | undefined,
): Promise<void> {
  try {
    checkHost(request.headers.host);
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const methods = routes.get(path);
    if (!methods) {
      const known = [...routes.keys()].join(', ');
      throw new ApiError(404, `There is no ${path} here; there is ${known}.`, {
        code: 'not_found',
      });
    }
    const handler = methods.get(request.method ?? '');
    if (!handler) {
      const allowed = [...methods.keys()].join(', ');
      response.setHeader('allow', allowed);
      throw new ApiError(405, `${path} takes ${allowed}, not ${request.method ?? 'this'}.`, {
        code: 'method_not_allowed',
      });
    }
    await handler(request, response);
  } catch (error) {
    refuse(response, error, log);
  }
}

function refuse(
  response: ServerResponse,
  error: unknown,
  log: ((line: string) => void) | undefined,
): void {
  if (response.destroyed) return;
  if (!(error instanceof ApiError)) log?.(`A request failed: ${messageOf(error)}`);
  const refusal =
    error instanceof ApiError
      ? error
      : new ApiError(500, `The model failed: ${messageOf(error)}`, { cause: error });
  if (!response.headersSent) {
    sendJson(response, refusal.status, refusal.toJSON());
    return;
  }
  response.end(`data: ${JSON.stringify(refusal)}\n\n`);
}

/**
 * A page on the web can make a browser send requests to loopback under a name of its own (DNS rebinding); such a
 * request names that host.
 */
function checkHost(host: string | undefined): void {
  const name = (host ?? '').replace(/:\d+$/u, '').toLowerCase();
  if (['127.0.0.1', 'localhost', '[::1]'].includes(name)) return;
  throw new ApiError(403, 'This server answers to 127.0.0.1 and localhost only.', {
    code: 'host_not_allowed',
  });
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  }).catch((cause: unknown) => {
    if (systemCodeOf(cause) === 'EADDRINUSE') {
      throw new SealongError(
        'port_in_use',
        `Port ${port} on 127.0.0.1 is taken by another program. Choose another with --port, or 0 for a free one.`,
        { cause },
      );
    }
    throw new SealongError(
      'listen_failed',
      `Could not listen on 127.0.0.1:${port}: ${messageOf(cause)}.`,
      { cause },
    );
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

function promptKey(prompt: readonly number[]): string {
  return createHash('sha256').update(Uint32Array.from(prompt)).digest('base64');
}

function sameText(a: string, b: string): boolean {
  const [x, y] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return x !== undefined && y !== undefined && timingSafeEqual(x, y);
}
