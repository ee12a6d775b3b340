import { SealongError } from '../errors.ts';
import { HttpClient, type HttpAnswer } from './httpClient.ts';
import { refusalOf } from './statusError.ts';

/** What a server answered, whatever its status. */
export interface ServerAnswer extends HttpAnswer {
  /** 0 where none came; `text` then says why. */
  status: number;
  /** Undefined where the text is no JSON. */
  json: unknown;
  /** The data of server-sent events, where the answer came as such. */
  data: readonly string[];
  /** From the request to the last byte, in milliseconds. */
  ms: number;
}

/** One request to a server: a POST where there is a body, else a GET. */
export type AskServer = (
  url: string,
  body: object | undefined,
  timeoutMs: number,
) => Promise<ServerAnswer>;

/**
 * Asks over HTTP. In whatever comes back the key is replaced by `***`: some servers repeat it.
 *
 * The returned function throws EndpointError where there is no answer, and passes on an abort of the signal.
 */
export function askServer(apiKey: string | undefined, signal?: AbortSignal): AskServer {
  const clients = new Map<string, HttpClient>();
  const clientOf = (baseUrl: string): HttpClient => {
    const client = clients.get(baseUrl) ?? new HttpClient({ baseUrl, apiKey });
    clients.set(baseUrl, client);
    return client;
  };
  const masked = (text: string) =>
    apiKey === undefined || apiKey === '' ? text : text.replaceAll(apiKey, '***');
  return async (url, body, timeoutMs) => {
    const { origin, pathname } = new URL(url);
    const started = performance.now();
    const data: string[] = [];
    const answer = await clientOf(origin).exchange({
      path: pathname,
      timeoutMs,
      signal,
      ...(body
        ? {
            body: [Buffer.from(JSON.stringify(body))],
            onEvent: (piece: string) => {
              data.push(masked(piece));
            },
          }
        : {}),
    });
    const text = masked(answer.text);
    return { ...answer, text, json: jsonOf(text), data, ms: performance.now() - started };
  };
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Asks; a failure without an answer comes as one as well, so that a test can go on. */
export async function askAnyway(
  ask: AskServer,
  ...[url, body, timeoutMs]: Parameters<AskServer>
): Promise<ServerAnswer> {
  try {
    return await ask(url, body, timeoutMs);
  } catch (error) {
    if (!(error instanceof SealongError)) throw error;
    const none = { status: 0, headers: {}, events: false, json: undefined, data: [], ms: 0 };
    return { ...none, text: error.message };
  }
}

/** What a server said of a refused request, for people, in a line. */
export function saidBy(answer: ServerAnswer): string {
  if (answer.status === 0) return answer.text;
  // The key is masked already.
  const { status, said } = refusalOf(answer, undefined);
  return said === '' ? String(status) : `${status}: ${said.slice(0, 200)}`;
}
