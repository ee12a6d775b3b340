import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { checkedHost } from './checkedHost.ts';
import { connectionError } from './connectionError.ts';
import { EndpointError } from './endpointError.ts';
import { EventLines } from './eventLines.ts';
import { decoded, textOf } from './responseBody.ts';

export interface HttpClientOptions {
  /** Usually ends in `/v1`. */
  baseUrl: string;
  apiKey?: string | undefined;
}

export interface HttpExchange {
  /** Below the base URL, with its slash: `/chat/completions`. */
  path: string;
  /** JSON, in parts that several requests may share. Without it the request is a GET. */
  body?: readonly Buffer[];
  /**
   * How long the server may take to answer, in milliseconds, then to send the whole body, or the next part of a stream
   * of events. A stream may take {@link MOST_TIMEOUTS} as long in all.
   */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /**
   * Takes the data of each server-sent event, where the server answers with such; what it throws ends the exchange.
   */
  onEvent?: (data: string) => void;
}

/** So many times its timeout a stream of events may take that never stops for longer than that. */
const MOST_TIMEOUTS = 24;

export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** The body; empty where it went to `onEvent`. */
  text: string;
  /** Whether the body was a stream of events. */
  events: boolean;
}

/** Below the five seconds after which common servers close an idle connection, often just as it is used again. */
const IDLE_MS = 4_000;

/**
 * Exchanges with one server over connections that are kept open. Redirects are never followed, so that a key goes to
 * the named host alone; nothing is tried again, so that each attempt can be recorded. It stands on node:http, whose
 * sockets it can keep, count and cut.
 */
export class HttpClient {
  readonly host: string;
  readonly #base: string;
  readonly #address: { hostname: string; port: string };
  readonly #cancellations = new Cancellations();
  readonly #agent: HttpAgent;
  readonly #request: typeof requestHttp;
  readonly #headers: OutgoingHttpHeaders;

  /** @throws SealongError `bad_endpoint` where `baseUrl` is no http(s) URL, `bad_key` where no header can hold the key. */
  constructor({ baseUrl, apiKey }: HttpClientOptions) {
    this.host = checkedHost(baseUrl);
    const url = new URL(baseUrl);
    this.#base = url.pathname.replace(/\/+$/, '');
    const secure = url.protocol === 'https:';
    // An IPv6 address stands in brackets in a URL alone.
    this.#address = { hostname: url.hostname.replace(/^\[|\]$/g, ''), port: url.port };
    const options = { keepAlive: true, timeout: IDLE_MS };
    this.#agent = secure ? new HttpsAgent(options) : new HttpAgent(options);
    this.#request = secure ? requestHttps : requestHttp;
    this.#headers = { accept: 'application/json, text/event-stream', ...bearer(apiKey, this.host) };
  }

  /**
   * Sends one request and reads its answer, whatever the status.
   *
   * @throws EndpointError `server_unreachable`, `answer_cut`, `timeout`, `bad_answer`; the signal's reason.
   */
  async exchange({ path, body, timeoutMs, signal, onEvent }: HttpExchange): Promise<HttpAnswer> {
    signal?.throwIfAborted();
    const sent = this.#request({
      ...this.#address,
      path: `${this.#base}${path}`,
      agent: this.#agent,
      method: body ? 'POST' : 'GET',
      headers: body
        ? {
            ...this.#headers,
            'content-type': 'application/json',
            'content-length': body.reduce((total, { length }) => total + length, 0),
          }
        : this.#headers,
    });
    let tooLate: EndpointError | undefined;
    const cancel = () => {
      sent.destroy(new Error('The request was cancelled.'));
    };
    const late = setTimeout(() => {
      tooLate = timeoutError(this.host, timeoutMs);
      sent.destroy(tooLate);
    }, timeoutMs);
    if (signal) this.#cancellations.add(signal, cancel);
    let answered = false;
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        sent.once('response', resolve);
        // Stays: after the answer began, an error reaches its stream as well.
        sent.on('error', reject);
        for (const part of body ?? []) sent.write(part);
        sent.end();
      });
      answered = true;
      late.refresh();
      const overMs = performance.now() + MOST_TIMEOUTS * timeoutMs;
      return await read(response, onEvent, () => {
        if (performance.now() > overMs) throw timeoutError(this.host, MOST_TIMEOUTS * timeoutMs);
        late.refresh();
      });
    } catch (error) {
      sent.destroy();
      if (signal?.aborted) throw signal.reason;
      if (tooLate) throw tooLate;
      if (error instanceof EndpointError) throw error;
      throw connectionError(error, this.host, answered);
    } finally {
      clearTimeout(late);
      if (signal) this.#cancellations.remove(signal, cancel);
    }
  }

  /** Closes the connections that are idle; those in use close when they are done. */
  close(): void {
    this.#agent.destroy();
  }
}

/** What to call when a signal is aborted: one listener on it for all requests, which come and go by the thousand. */
class Cancellations {
  readonly #of = new WeakMap<AbortSignal, Set<() => void>>();

  add(signal: AbortSignal, cancel: () => void): void {
    let all = this.#of.get(signal);
    if (!all) {
      const added = new Set<() => void>();
      all = added;
      this.#of.set(signal, added);
      signal.addEventListener(
        'abort',
        () => {
          for (const each of added) each();
        },
        { once: true },
      );
    }
    all.add(cancel);
  }

  remove(signal: AbortSignal, cancel: () => void): void {
    this.#of.get(signal)?.delete(cancel);
  }
}

async function read(
  response: IncomingMessage,
  onEvent: HttpExchange['onEvent'],
  onPart: () => void,
): Promise<HttpAnswer> {
  const { statusCode: status = 0, headers } = response;
  const events =
    onEvent !== undefined && status === 200 && /^text\/event-stream\b/i.test(typeOf(headers));
  const stream = decoded(response);
  if (!events) return { status, headers, text: await textOf(stream), events };
  const lines = new EventLines(onEvent);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    onPart();
    lines.push(chunk);
  }
  lines.end();
  return { status, headers, text: '', events };
}

function typeOf(headers: IncomingHttpHeaders): string {
  return headers['content-type'] ?? '';
}

function bearer(apiKey: string | undefined, host: string): OutgoingHttpHeaders {
  const key = apiKey?.trim();
  if (key === undefined || key === '') return {};
  if (!/^[\x21-\x7e]+$/.test(key))
    throw new EndpointError(
      'bad_key',
      'run',
      `The key for ${host} holds a space, a line break or a letter that no key has. Set it again with "SeaLong: Set API Key" or SEALONG_API_KEY.`,
    );
  return { authorization: `Bearer ${key}` };
}

function timeoutError(host: string, timeoutMs: number): EndpointError {
  return new EndpointError(
    'timeout',
    'later',
    `${host} did not answer in time (${Math.round(timeoutMs / 100) / 10} s). Check its load, or raise the endpoint's timeout.`,
  );
}
