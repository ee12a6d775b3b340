import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai';
import { SealongError, messageOf, systemCodeOf } from '../../errors.ts';

/** Where a request went and what must not be told. */
export interface Asked {
  host: string;
  model: string;
  apiKey: string | undefined;
}

const TOO_LONG =
  /context.{0,20}(length|window|size)|maximum.{0,20}(context|length|token)|too (long|many tokens)|must have less than/i;

/** What the openai package throws, as what it means for embeddings. The key is in no message and in no cause. */
export function serverError(error: unknown, { host, model, apiKey }: Asked): unknown {
  if (error instanceof SealongError) return error;
  if (error instanceof APIConnectionTimeoutError)
    return new SealongError(
      'timeout',
      `${host} did not embed in time. Check its load, or raise the endpoint's timeout.`,
    );
  if (error instanceof APIConnectionError)
    return new SealongError('server_unreachable', `Could not reach ${host}: ${whyOf(error)}`, {
      cause: error.cause,
    });
  if (error instanceof SyntaxError)
    return new SealongError('bad_answer', `${host} sent an answer that is not valid JSON.`);
  if (!(error instanceof APIError)) return error;

  const status: unknown = error.status;
  const message = messageOf(error).replace(/\s+/g, ' ');
  const said = (apiKey ? message.replaceAll(apiKey, '***') : message).slice(0, 300);
  const shown = `${String(status)}: ${said}`;
  if (status === 401 || status === 403)
    return new SealongError(
      'unauthorized',
      `${host} refused the key (${String(status)}). Set one with "SeaLong: Set API Key" or SEALONG_API_KEY.`,
    );
  if (status === 404)
    return new SealongError(
      'not_found',
      `${host} has no embeddings address or no model "${model}" (${shown}). Check the base URL, which usually ends in /v1, and scoring.embedding.model; not every server of chat models embeds.`,
    );
  if (typeof status === 'number' && status >= 300 && status < 400)
    return new SealongError(
      'redirected',
      `${host} redirects to another address (${String(status)}), which SeaLong does not follow, since the key would go with it. Use the final address as base URL.`,
    );
  if (TOO_LONG.test(said) && (status === 400 || status === 413 || status === 422))
    return new SealongError(
      'text_too_long',
      `A text is longer than "${model}" on ${host} takes (${shown}). Let the server cut texts or use a model with a higher limit; a local model ("backend": "local") cuts them and counts how many.`,
    );
  if (status === 429)
    return new SealongError(
      'rate_limited',
      `${host} asks to slow down (${shown}). Try again later.`,
    );
  if (typeof status === 'number' && status < 500)
    return new SealongError(
      'refused',
      `${host} refused to embed with "${model}" (${shown}). Check scoring.embedding in sealong.json.`,
    );
  return new SealongError(
    'server_error',
    `${host} failed (${shown}). Look into its log and run this again.`,
  );
}

/** Whether fewer texts in one request may succeed. */
export function isBatchTooLarge(error: unknown): boolean {
  if (!(error instanceof APIError)) return false;
  const status: unknown = error.status;
  return status === 413 || ((status === 400 || status === 422) && /batch/i.test(error.message));
}

/** Whether the server knows no base64. */
export function isFormatRefused(error: unknown): boolean {
  if (!(error instanceof APIError)) return false;
  const status: unknown = error.status;
  return (status === 400 || status === 422) && /encoding_format|base64/i.test(error.message);
}

function whyOf(error: APIConnectionError): string {
  const code = systemCodeOf(error.cause) ?? systemCodeOf(error);
  if (code === 'ECONNREFUSED') return 'nothing listens there; is the server running?';
  if (code === 'ENOTFOUND') return 'the host name is not known; check it.';
  if (code === 'ECONNRESET') return 'the connection was closed; look into the log of the server.';
  let root: unknown = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  return `${messageOf(root)}.`;
}
