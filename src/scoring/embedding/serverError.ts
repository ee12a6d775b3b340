import { EndpointError } from '../../endpoint/endpointError.ts';
import type { HttpAnswer } from '../../endpoint/httpClient.ts';
import { refusalOf, statusError } from '../../endpoint/statusError.ts';

/** Where a request went and what must not be told. */
export interface Asked {
  host: string;
  model: string;
  apiKey: string | undefined;
}

const TOO_LONG =
  /context.{0,20}(length|window|size)|maximum.{0,20}(context|length|token)|too (long|many tokens)|must have less than/i;

/** A refused request for embeddings as what it means for them. The key is not in the message. */
export function refusedEmbedding(
  answer: HttpAnswer,
  { host, model, apiKey }: Asked,
): EndpointError {
  const { status } = answer;
  const { said } = refusalOf(answer, apiKey);
  const shown = said === '' ? String(status) : `${status}: ${said}`;
  if (status === 404 || status === 405)
    return new EndpointError(
      'not_found',
      'run',
      `${host} has no embeddings address or no model "${model}" (${shown}). Check the base URL, which usually ends in /v1, and scoring.embedding.model; not every server of chat models embeds.`,
    );
  if (TOO_LONG.test(said) && (status === 400 || status === 413 || status === 422))
    return new EndpointError(
      'text_too_long',
      'run',
      `A text is longer than "${model}" on ${host} takes (${shown}). Let the server cut texts or use a model with a higher limit; a local model ("backend": "local") cuts them and counts how many.`,
    );
  const error = statusError(answer, { host, apiKey });
  if (error.code !== 'refused') return error;
  return new EndpointError(
    'refused',
    'run',
    `${host} refused to embed with "${model}" (${shown}). Check scoring.embedding in sealong.json.`,
  );
}

/** Whether fewer texts in one request may succeed. */
export function isBatchTooLarge({ status, text }: HttpAnswer): boolean {
  return status === 413 || ((status === 400 || status === 422) && /batch/i.test(text));
}

/** Whether the server knows no base64. */
export function isFormatRefused({ status, text }: HttpAnswer): boolean {
  return (status === 400 || status === 422) && /encoding_format|base64/i.test(text);
}
