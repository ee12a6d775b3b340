import { SealongError } from '../errors.ts';
import { checkedHost } from './checkedHost.ts';
import { connectionProblem } from './connectionProblem.ts';

/** What a server answered, whatever its status. */
export interface ServerAnswer {
  status: number;
  headers: ReadonlyMap<string, string>;
  text: string;
  /** Undefined where the text is no JSON. */
  json: unknown;
  /** From the request to the last byte, in milliseconds. */
  ms: number;
}

/** One request to a server: a POST where there is a body, else a GET. The key goes to the named host alone. */
export type AskServer = (
  url: string,
  body: object | undefined,
  timeoutMs: number,
) => Promise<ServerAnswer>;

/** An answer that is longer is no answer of an inference server to a short question. */
const LONGEST_ANSWER_BYTES = 4 * 1024 * 1024;

/**
 * Asks over HTTP. In whatever comes back, and in errors, the key is replaced by `***`: some servers repeat it.
 *
 * The returned function throws SealongError `server_unreachable`, `redirected`, `timeout`, `bad_answer`, and passes on an
 * abort of the signal.
 */
export function askServer(apiKey: string | undefined, signal: AbortSignal): AskServer {
  const masked = (text: string) =>
    apiKey === undefined || apiKey === '' ? text : text.replaceAll(apiKey, '***');
  return async (url, body, timeoutMs) => {
    const host = checkedHost(url);
    const timeout = AbortSignal.timeout(timeoutMs);
    const started = performance.now();
    try {
      const response = await fetch(url, {
        method: body ? 'POST' : 'GET',
        headers: {
          accept: 'application/json, text/event-stream, text/plain',
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        redirect: 'error',
        signal: AbortSignal.any([signal, timeout]),
      });
      const text = masked(await readText(response, host));
      return {
        status: response.status,
        headers: new Map(response.headers),
        text,
        json: jsonOf(text),
        ms: performance.now() - started,
      };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SealongError) throw error;
      if (timeout.aborted)
        throw new SealongError(
          'timeout',
          `${host} did not answer within ${Math.round(timeoutMs / 1000)} s. Check its load and its log.`,
        );
      const { kind, words } = connectionProblem(error);
      throw new SealongError(
        kind === 'redirect' ? 'redirected' : 'server_unreachable',
        masked(`Could not reach ${host}: ${words}`),
      );
    }
  };
}

async function readText(response: Response, host: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  if (!response.body) return text;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > LONGEST_ANSWER_BYTES)
      throw new SealongError(
        'bad_answer',
        `${host} sent an answer of more than ${LONGEST_ANSWER_BYTES / 1024 / 1024} MB to a short question. Check the base URL.`,
      );
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a server said of a refused request, for people: its message where there is one, cut to a line. */
export function saidBy({ status, text, json }: ServerAnswer): string {
  const message = messageIn(json) ?? (text.trimStart().startsWith('<') ? 'a web page' : text);
  const line = message.replace(/\s+/gu, ' ').trim().slice(0, 200);
  return line === '' ? String(status) : `${status}: ${line}`;
}

function messageIn(json: unknown): string | undefined {
  if (typeof json === 'string') return json;
  if (typeof json !== 'object' || json === null) return undefined;
  for (const key of ['error', 'message', 'detail'] as const)
    if (key in json) {
      const found = messageIn(Reflect.get(json, key));
      if (found !== undefined) return found;
    }
  return undefined;
}
