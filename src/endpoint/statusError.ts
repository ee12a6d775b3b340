import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod';
import { EndpointError } from './endpointError.ts';
import type { HttpAnswer } from './httpClient.ts';

/** What a server says of a refused request, in the shapes that servers have for it. */
export interface Refusal {
  status: number;
  /** Its own words, without line breaks and without the key, cut at 300 characters. */
  said: string;
  /** Its code or type, where it gives one. */
  code: string;
}

const detail = z.object({
  message: z.string().optional(),
  code: z.union([z.string(), z.number()]).nullish(),
  type: z.string().nullish(),
});
/** OpenAI's and llama.cpp's `{error: {message, code, type}}`, TGI's `{error, error_type}`, FastAPI's `{detail}`, vLLM's old `{message}`. */
const refusalSchema = detail.extend({
  error: z.union([detail, z.string()]).optional(),
  error_type: z.string().optional(),
  detail: z.unknown().optional(),
});

/** Reads a refusal out of a body that is no success, whatever it is. */
export function refusalOf(
  { status, text }: Pick<HttpAnswer, 'status' | 'text'>,
  apiKey: string | undefined,
): Refusal {
  const parsed = refusalSchema.safeParse(jsonOf(text)).data;
  const inner = typeof parsed?.error === 'object' ? parsed.error : undefined;
  const message =
    inner?.message ??
    (typeof parsed?.error === 'string' ? parsed.error : undefined) ??
    parsed?.message ??
    detailText(parsed?.detail) ??
    (text.trimStart().startsWith('<') ? 'a web page' : text);
  const one = message.replace(/\s+/g, ' ').trim();
  const key = apiKey?.trim() ?? '';
  return {
    status,
    said: (key === '' ? one : one.replaceAll(key, '***')).slice(0, 300),
    code: [inner?.code, inner?.type, parsed?.error_type, parsed?.code, parsed?.type]
      .filter((value) => value !== undefined && value !== null)
      .join(' '),
  };
}

/** What a status means for the run, where it is not about what was asked. */
export function statusError(
  answer: Pick<HttpAnswer, 'status' | 'headers' | 'text'>,
  { host, apiKey }: { host: string; apiKey: string | undefined },
): EndpointError {
  const { status, headers } = answer;
  const { said, code } = refusalOf(answer, apiKey);
  const shown = said === '' ? String(status) : `${status}: ${said}`;
  if (status >= 300 && status < 400)
    return new EndpointError(
      'redirected',
      'run',
      `${host} redirects to another address (${status}), which SeaLong does not follow, since the key would go with it. Use the final address as base URL.`,
    );
  if (status === 401 || status === 403)
    return new EndpointError(
      'unauthorized',
      'run',
      `${host} refused the key (${status}). Set one with "SeaLong: Set API Key" or SEALONG_API_KEY.`,
    );
  if (status === 404 || status === 405)
    return new EndpointError(
      'not_found',
      'run',
      `${host} knows no such address or model (${shown}). Check the base URL, which usually ends in /v1, and the model's name.`,
    );
  if (status === 429 && /insufficient_quota|billing|credit/i.test(`${code} ${said}`))
    return new EndpointError(
      'quota_used_up',
      'run',
      `${host} takes no more requests with this key (${shown}). Look at the account's quota, then run this again: what is done is kept.`,
    );
  // Some tell a limit of tokens a minute as 413.
  const limited = status === 429 || (status === 413 && /per minute|\bTPM\b/i.test(said));
  if (limited || status === 503 || status === 529)
    return new EndpointError(
      limited ? 'rate_limited' : 'overloaded',
      'later',
      `${host} asks to slow down (${shown}).`,
      { retryAfterMs: retryAfterMs(headers) },
    );
  const later = status === 408 || status === 409 || status === 425 || status >= 500;
  return new EndpointError(
    later ? 'server_error' : 'refused',
    later ? 'later' : 'run',
    later
      ? `${host} failed (${shown}). Look into its log.`
      : `${host} refused the request (${shown}). Check the sampling values in sealong.json.`,
    { retryAfterMs: retryAfterMs(headers) },
  );
}

/**
 * How long the server asks to wait, in milliseconds: `Retry-After` in seconds or as a date, which is read against the
 * server's own `Date`, so that a clock that is wrong on either side does not matter.
 */
export function retryAfterMs(headers: IncomingHttpHeaders): number | undefined {
  const inMs = Number(headers['retry-after-ms'] ?? NaN);
  if (Number.isFinite(inMs) && inMs >= 0) return inMs;
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  const seconds = Number(value);
  if (value.trim() !== '' && Number.isFinite(seconds))
    return seconds >= 0 ? seconds * 1000 : undefined;
  const until = Date.parse(value);
  const now = Date.parse(headers.date ?? '');
  if (Number.isNaN(until)) return undefined;
  return Math.max(0, until - (Number.isNaN(now) ? Date.now() : now));
}

/** FastAPI's list of what is wrong, field by field. */
function detailText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
