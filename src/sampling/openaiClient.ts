import OpenAI, {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
} from 'openai';
import * as z from 'zod';
import { checkedHost } from '../endpoint/checkedHost.ts';
import { connectionProblem } from '../endpoint/connectionProblem.ts';
import { messageOf } from '../errors.ts';
import { issuesText } from '../records/jsonl.ts';
import type { ChatAnswer, ChatClient, ChatRequest } from './chatClient.ts';
import { ChatError } from './chatError.ts';

/** A server to ask: `baseUrl` ends in `/v1` with nearly all of them. */
export interface Endpoint {
  baseUrl: string;
  apiKey?: string | undefined;
  /** How long one sample may take, in milliseconds. */
  timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 10 * 60 * 1000;

const tokens = z.number().int().nonnegative();
const answerSchema = z.object({
  model: z.string().optional(),
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: z
    .object({ prompt_tokens: tokens.optional(), completion_tokens: tokens.optional() })
    .nullish(),
});
const modelsSchema = z.object({ data: z.array(z.object({ id: z.string() })) });

/**
 * Any OpenAI-compatible server. Redirects are not followed, so that a key goes to the named host alone; retries are the
 * caller's, so that each attempt can be recorded.
 *
 * @throws SealongError `bad_endpoint` where `baseUrl` is no http(s) URL.
 */
export function openaiClient(endpoint: Endpoint): ChatClient {
  const host = checkedHost(endpoint.baseUrl);
  const client = new OpenAI({
    baseURL: endpoint.baseUrl,
    // The package insists on a key and reads several variables of the environment; local servers need none.
    apiKey: endpoint.apiKey ?? 'none',
    organization: null,
    project: null,
    maxRetries: 0,
    logLevel: 'off',
    timeout: endpoint.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    fetchOptions: { redirect: 'error' },
  });
  const withSignal = (signal?: AbortSignal) => (signal ? { signal } : {});

  return {
    host,
    async check(model, signal) {
      let listed: unknown;
      try {
        listed = await client.get('/models', withSignal(signal));
      } catch (error) {
        const failure = toChatError(error, host, signal);
        // Some servers list no models; the first sample then tells.
        if (failure instanceof ChatError && failure.code === 'not_found') return;
        throw failure;
      }
      const models = parseAnswer(modelsSchema, listed, host).data.map(({ id }) => id);
      if (models.length > 0 && !models.includes(model))
        throw new ChatError(
          'model_not_served',
          'run',
          `${host} does not serve the model "${model}". It serves: ${models.slice(0, 10).join(', ')}. Set sampling.model in sealong.json to one of these, or choose another endpoint.`,
        );
    },
    async complete(request, signal) {
      try {
        return answerOf(
          await client.post('/chat/completions', { body: bodyOf(request), ...withSignal(signal) }),
          request,
          host,
        );
      } catch (error) {
        throw toChatError(error, host, signal);
      }
    },
  };
}

function bodyOf(request: ChatRequest): object {
  return {
    model: request.model,
    messages: [{ role: 'user', content: request.prompt }],
    temperature: request.temperature,
    top_p: request.topP,
    max_tokens: request.maxTokens,
    seed: request.seed,
    n: 1,
    stream: false,
  };
}

function answerOf(json: unknown, request: ChatRequest, host: string): ChatAnswer {
  const { choices, usage, model } = parseAnswer(answerSchema, json, host);
  const [choice] = choices;
  return {
    text: choice?.message.content ?? '',
    finishReason: choice?.finish_reason ?? 'unknown',
    promptTokens: usage?.prompt_tokens ?? null,
    completionTokens: usage?.completion_tokens ?? null,
    servedModel: model ?? request.model,
  };
}

function parseAnswer<T>(schema: z.ZodType<T>, json: unknown, host: string): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const seen =
    typeof json === 'string' && json.trimStart().startsWith('<')
      ? 'a web page'
      : `something else (${issuesText(result.error.issues)})`;
  throw new ChatError(
    'bad_answer',
    'run',
    `${host} did not answer as an OpenAI-compatible server: it sent ${seen}. Check the base URL; it usually ends in /v1.`,
  );
}

const OVERFLOW =
  /context.{0,20}(length|window|size)|maximum.{0,20}(context|length|token)|too (long|many tokens)|exceed.{0,40}(context|tokens)/i;

/** Errors of the package and of the network as what they mean for the run; an abort by the user passes unchanged. */
function toChatError(error: unknown, host: string, signal?: AbortSignal): unknown {
  if (error instanceof ChatError) return error;
  if (signal?.aborted || error instanceof APIUserAbortError) return signal?.reason ?? error;
  if (error instanceof APIConnectionTimeoutError)
    return new ChatError(
      'timeout',
      'later',
      `${host} did not answer in time. Check its load, or raise the endpoint's timeout.`,
      { cause: error },
    );
  if (error instanceof APIConnectionError) return connectionError(error, host);
  if (error instanceof SyntaxError)
    return new ChatError('bad_answer', 'later', `${host} sent an answer that is not valid JSON.`, {
      cause: error,
    });
  if (!(error instanceof APIError)) return error;

  const status: unknown = error.status;
  const said = messageOf(error).replace(/\s+/g, ' ').slice(0, 300);
  switch (status) {
    case 401:
    case 403:
      return new ChatError(
        'unauthorized',
        'run',
        `${host} refused the key (${String(status)}). Set one with "SeaLong: Set API Key" or SEALONG_API_KEY.`,
        { cause: error },
      );
    case 404:
      return new ChatError(
        'not_found',
        'run',
        `${host} knows no such address or model (404: ${said}). Check the base URL, which usually ends in /v1, and sampling.model.`,
        { cause: error },
      );
    case 413:
      return new ChatError(
        'prompt_too_long',
        'question',
        `${host} refused the prompt as too large (413).`,
        { cause: error },
      );
    case 400:
    case 422:
      if (error.code === 'context_length_exceeded' || OVERFLOW.test(said))
        return new ChatError(
          'prompt_too_long',
          'question',
          `${host}: the prompt does not fit the model's context (${said}).`,
          { cause: error },
        );
      return new ChatError(
        'refused',
        'run',
        `${host} refused the request (${String(status)}: ${said}). Check the sampling values in sealong.json.`,
        { cause: error },
      );
    default: {
      const later =
        status === 408 ||
        status === 409 ||
        status === 429 ||
        (typeof status === 'number' && status >= 500);
      return new ChatError(
        status === 429 ? 'rate_limited' : 'server_error',
        later ? 'later' : 'run',
        `${host} failed (${String(status)}: ${said}).`,
        { cause: error, retryAfterMs: retryAfterMs(error.headers) },
      );
    }
  }
}

function connectionError(error: APIConnectionError, host: string): ChatError {
  const { kind, words } = connectionProblem(error);
  return new ChatError(
    kind === 'redirect' ? 'redirected' : 'server_unreachable',
    kind === 'unreachable' ? 'later' : 'run',
    `Could not reach ${host}: ${words}`,
    { cause: error },
  );
}

function retryAfterMs(headers: unknown): number | undefined {
  const seconds = headers instanceof Headers ? Number(headers.get('retry-after') ?? NaN) : NaN;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
