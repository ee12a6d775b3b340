import type { EndpointCapabilities } from '../endpoint/endpointProfile.ts';
import { EndpointError } from '../endpoint/endpointError.ts';
import type { HttpAnswer } from '../endpoint/httpClient.ts';
import { refusalOf } from '../endpoint/statusError.ts';
import type { ServerWays } from './chatClient.ts';

/** How requests to one server are written: OpenAI-compatible servers differ in these. */
export interface Ways extends ServerWays {
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** How a stream tells tokens: with each event, at its end, or not at all. */
  readonly streamUsage: 'continuous' | 'final' | 'none';
}

/** What is tried first: everything that the profile does not rule out. */
export function firstWays(known: EndpointCapabilities = {}): Ways {
  return {
    n: known.n ?? true,
    stream: known.stream ?? true,
    // A server that does not honour seeds passes over them; only one that refuses them goes without.
    seed: true,
    maxTokensField: known.maxTokensField ?? 'max_tokens',
    streamUsage: 'continuous',
  };
}

/**
 * The ways in which a refused request may be accepted, or undefined where its form was not the reason.
 *
 * Wordings: OpenAI ("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'
 * instead."; "Unrecognized request argument supplied: seed"), llama.cpp ("n_cmpl cannot be greater than the number of
 * slots"; formerly "Only one completion choice is allowed"), and others ("n must be 1", "n > 1 is not supported").
 */
export function adapted(
  ways: Ways,
  answer: Pick<HttpAnswer, 'status' | 'text'>,
  { n, stream }: { n: number; stream: boolean },
): Ways | undefined {
  if (![400, 422, 501].includes(answer.status)) return undefined;
  const { said, code } = refusalOf(answer, undefined);
  if (isOverflow(said, code)) return undefined;
  if (
    ways.maxTokensField === 'max_tokens' &&
    said.includes('max_completion_tokens') &&
    /unsupported|not supported|instead|deprecated/i.test(said)
  )
    return { ...ways, maxTokensField: 'max_completion_tokens' };
  if (
    ways.maxTokensField === 'max_completion_tokens' &&
    said.includes('max_completion_tokens') &&
    UNKNOWN_FIELD.test(said)
  )
    return { ...ways, maxTokensField: 'max_tokens' };
  if (stream && ways.stream) {
    if (ways.streamUsage === 'continuous' && said.includes('continuous_usage_stats'))
      return { ...ways, streamUsage: 'final' };
    if (ways.streamUsage !== 'none' && said.includes('stream_options'))
      return { ...ways, streamUsage: ways.streamUsage === 'continuous' ? 'final' : 'none' };
    if (/\bstream(ing)?\b/i.test(said) && UNKNOWN_FIELD.test(said))
      return { ...ways, stream: false };
  }
  if (n > 1 && ways.n && SEVERAL.test(said)) return { ...ways, n: false };
  if (ways.seed && /\bseed\b/i.test(said) && UNKNOWN_FIELD.test(said))
    return { ...ways, seed: false };
  return undefined;
}

const UNKNOWN_FIELD =
  /unknown|unrecogni[sz]ed|unsupported|unexpected|not (supported|permitted|allowed)|extra (fields|inputs)|invalid/i;

const SEVERAL =
  /n_cmpl|number of slots|best_of|one completion choice|(^|[\s'"`(])n['"`)]?\s*(>|=|<|must|should|cannot|is|has to|greater|parameter|:)|(parameter|argument|field|value)s?:?\s*['"`]n['"`]/i;

/**
 * The prompt does not fit, in the words of: vLLM ("This model's maximum context length is", "'max_tokens' ... is too
 * large", "maximum input length of"), SGLang ("is longer than the model's context length", "Requested token count
 * exceeds"), llama.cpp ("exceeds the available context size", `exceed_context_size_error`), OpenAI
 * (`context_length_exceeded`), TGI ("`inputs` tokens + `max_new_tokens` must be <=", "`inputs` must have less than"),
 * TensorRT-LLM, LM Studio, Gemini, Anthropic and others.
 */
const OVERFLOW =
  /context.{0,25}(length|window|size)|maximum.{0,25}(context|length|token|input)|(prompt|input|message|request)s?.{0,20}too (long|large)|too (long|many tokens)|exceed.{0,40}(context|tokens|limit of \d+)|reduce the (length|number)|must have less than|`?max_new_tokens`? must be|longer than the model|session_len/i;
const OVERFLOW_CODE =
  /context_length_exceeded|exceed_context_size|model_context_window_exceeded|string_above_max_length/i;

function isOverflow(said: string, code: string): boolean {
  return OVERFLOW_CODE.test(code) || OVERFLOW.test(said);
}

/** The error for a prompt that the server will never take, or undefined where that was not the reason. */
export function refusedPrompt(
  answer: Pick<HttpAnswer, 'status' | 'text'>,
  { host, apiKey }: { host: string; apiKey: string | undefined },
): EndpointError | undefined {
  const { status } = answer;
  if (![400, 413, 422, 500].includes(status)) return undefined;
  const { said, code } = refusalOf(answer, apiKey);
  // A rate limit in tokens a minute is told as 413 by some; it is the server's load, not the prompt.
  const perMinute = /per minute|\bTPM\b|rate.?limit/i.test(`${said} ${code}`);
  if (status === 413 && !perMinute && !isOverflow(said, code))
    return new EndpointError(
      'prompt_too_long',
      'question',
      `${host} refused the prompt as too large (413${said === '' ? '' : `: ${said}`}).`,
    );
  if (perMinute || !isOverflow(said, code)) return undefined;
  // llama.cpp answered 500 before it answered 400; other failures of a server are no verdict on the prompt.
  if (status === 500 && !/context size|n_ctx/i.test(said)) return undefined;
  return new EndpointError(
    'prompt_too_long',
    'question',
    `${host}: the prompt does not fit the model's context (${said}).`,
  );
}
