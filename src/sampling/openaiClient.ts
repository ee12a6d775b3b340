import * as z from 'zod';
import type { EndpointCapabilities } from '../endpoint/endpointProfile.ts';
import { EndpointError } from '../endpoint/endpointError.ts';
import { HttpClient, type HttpAnswer, type HttpExchange } from '../endpoint/httpClient.ts';
import { statusError } from '../endpoint/statusError.ts';
import { issuesText } from '../records/jsonl.ts';
import { answerSchema, choicesOf, chunkSchema, GrowingChoices } from './chatAnswer.ts';
import type { Choice, ChoicesRequest, SamplingClient } from './chatClient.ts';
import { encodedPrompt, requestBody } from './requestBody.ts';
import { adapted, firstWays, refusedPrompt } from './serverWays.ts';

/** A server to ask: `baseUrl` ends in `/v1` with nearly all of them. */
export interface Endpoint {
  baseUrl: string;
  apiKey?: string | undefined;
  /** How long one request may take, in milliseconds. */
  timeoutMs?: number | undefined;
  capabilities?: EndpointCapabilities | undefined;
}

const DEFAULT_TIMEOUT_MS = 10 * 60 * 1000;
const modelsSchema = z.object({ data: z.array(z.object({ id: z.string() })) });
const failedSchema = z.object({ error: z.unknown() });

/**
 * Any OpenAI-compatible server. Each request is made once: retries are the caller's, so that each attempt can be
 * recorded. Only a request that the server refused for the form of its fields is made again in the form that it knows.
 *
 * @throws SealongError `bad_endpoint` where `baseUrl` is no http(s) URL.
 */
export function openaiClient(endpoint: Endpoint): SamplingClient {
  const { apiKey, timeoutMs = DEFAULT_TIMEOUT_MS } = endpoint;
  const http = new HttpClient(endpoint);
  const { host } = http;
  let ways = firstWays(endpoint.capabilities);

  async function post(
    request: ChoicesRequest,
    onEvent: HttpExchange['onEvent'],
    signal: AbortSignal | undefined,
  ): Promise<HttpAnswer> {
    for (;;) {
      const asked = ways;
      const answer = await http.exchange({
        path: '/chat/completions',
        body: requestBody(request, asked),
        timeoutMs,
        signal,
        ...(onEvent ? { onEvent } : {}),
      });
      if (answer.status === 200) return answer;
      const other = adapted(asked, answer, request);
      if (other === undefined)
        throw refusedPrompt(answer, { host, apiKey }) ?? statusError(answer, { host, apiKey });
      // Requests that were under way together learn the same.
      if (ways === asked) ways = other;
      if (request.n > 1 && !ways.n)
        throw new EndpointError('n_refused', 'later', `${host} gives one choice a request.`);
    }
  }

  const client: SamplingClient = {
    host,
    get ways() {
      return ways;
    },
    async check(model, signal) {
      const answer = await http.exchange({ path: '/models', timeoutMs, signal });
      // Some servers list no models; the first sample then tells.
      if (answer.status === 404 || answer.status === 405) return;
      if (answer.status !== 200) throw statusError(answer, { host, apiKey });
      const models = parsed(modelsSchema, answer.text, host).data.map(({ id }) => id);
      if (models.length > 0 && !models.includes(model))
        throw new EndpointError(
          'model_not_served',
          'run',
          `${host} does not serve the model "${model}". It serves: ${models.slice(0, 10).join(', ')}. Set sampling.model in sealong.json to one of these, or choose another endpoint.`,
        );
    },
    async complete(request, signal) {
      let text = '';
      let finishReason = 'unknown';
      const usage = await client.choices(
        { ...request, prompt: encodedPrompt(request.prompt), n: 1, stream: false },
        {
          ended: (choice) => {
            ({ text, finishReason } = choice);
          },
        },
        signal,
      );
      return { text, finishReason, ...usage };
    },
    async choices(request, listener, signal) {
      let heard = 0;
      const came = { first: false, last: false };
      const begin = () => {
        if (!came.first) listener.begun?.();
        came.first = true;
      };
      const growing = new GrowingChoices((choice: Choice, usage) => {
        heard += 1;
        listener.ended(choice, usage);
      });
      const onEvent = (data: string) => {
        if (data === '[DONE]') {
          came.last = true;
          return;
        }
        const chunk = parsed(chunkSchema, data, host, apiKey);
        growing.add(chunk);
        if (growing.begun) begin();
      };
      let answer: HttpAnswer;
      try {
        answer = await post(request, request.stream ? onEvent : undefined, signal);
        if (answer.events && !(came.last || (growing.begun && growing.allEnded)))
          throw new EndpointError(
            'answer_cut',
            'later',
            `${host} broke off in the middle of an answer.`,
          );
      } catch (error) {
        growing.end(false);
        throw error;
      }
      begin();
      let { usage } = growing;
      if (answer.events) {
        growing.end(true);
        ({ usage } = growing);
      } else {
        if (request.stream) ways = { ...ways, stream: false };
        const whole = choicesOf(parsed(answerSchema, answer.text, host, apiKey));
        ({ usage } = whole);
        for (const choice of whole.choices.slice(0, request.n)) {
          heard += 1;
          listener.ended(choice, usage);
        }
      }
      if (heard < request.n) ways = { ...ways, n: false };
      return usage;
    },
  };
  return client;
}

/** Reads what a server sent with a status of success: an answer, or after all a failure. */
function parsed<T>(schema: z.ZodType<T>, text: string, host: string, apiKey?: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    const page = text.trimStart().startsWith('<');
    throw new EndpointError(
      'bad_answer',
      page ? 'run' : 'later',
      page ? notOpenai(host, 'a web page') : `${host} sent an answer that is not valid JSON.`,
    );
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const failed = failedSchema.safeParse(json).data;
  if (failed?.error !== undefined && failed.error !== null) {
    const status = Number(Reflect.get(Object(failed.error), 'code') ?? 500);
    const answer = { status: status >= 400 && status < 600 ? status : 500, headers: {}, text };
    throw refusedPrompt(answer, { host, apiKey }) ?? statusError(answer, { host, apiKey });
  }
  throw new EndpointError(
    'bad_answer',
    'run',
    notOpenai(host, `something else (${issuesText(result.error.issues)})`),
  );
}

function notOpenai(host: string, what: string): string {
  return `${host} did not answer as an OpenAI-compatible server: it sent ${what}. Check the base URL; it usually ends in /v1.`;
}
