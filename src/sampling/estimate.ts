import type { TokenPrices } from '../endpoint/endpointProfile.ts';

/** What sampling has still to do, in tokens as the study's tokenizer counts them. */
export interface SamplingEstimate {
  samples: number;
  /** Questions that lack samples. */
  questions: number;
  /** Prompt tokens where each prompt is computed once and then taken from the server's cache. */
  promptTokens: number;
  /** Prompt tokens where each sample computes its prompt anew. */
  uncachedPromptTokens: number;
  /** At most: `max_tokens` for each sample. */
  completionTokens: number;
}

/** Question, instruction and chat template, beside the context: small against contexts of thousands of tokens. */
const PROMPT_TOKENS_BESIDE_CONTEXT = 96;

/** @param lacking for each question, its context and how many samples it lacks. */
export function estimateSampling(
  lacking: Iterable<{ contextTokens: number; missing: number }>,
  { maxTokens }: { maxTokens: number },
): SamplingEstimate {
  const estimate: SamplingEstimate = {
    samples: 0,
    questions: 0,
    promptTokens: 0,
    uncachedPromptTokens: 0,
    completionTokens: 0,
  };
  for (const { contextTokens, missing } of lacking) {
    if (missing <= 0) continue;
    const prompt = contextTokens + PROMPT_TOKENS_BESIDE_CONTEXT;
    estimate.samples += missing;
    estimate.questions += 1;
    estimate.promptTokens += prompt;
    estimate.uncachedPromptTokens += prompt * missing;
    estimate.completionTokens += maxTokens * missing;
  }
  return estimate;
}

/** What is known of the endpoint, for saying what an estimate means there. */
export interface EstimateTerms {
  /** Whether the server caches prefixes; undefined where that is not known. */
  prefixCache?: boolean | undefined;
  prices?: TokenPrices | undefined;
  /** Of the last run there. */
  rate?: { samples_per_second: number; prompt_tokens: number } | undefined;
}

export interface Cost {
  low: number;
  high: number;
  currency: string;
}

/** From the cheapest to the dearest that it can be, without what completions may fall short of `max_tokens`. */
export function costOf(estimate: SamplingEstimate, terms: EstimateTerms): Cost | undefined {
  const { prices, prefixCache } = terms;
  if (!prices) return undefined;
  const { promptTokens, uncachedPromptTokens, completionTokens } = estimate;
  const completion = completionTokens * prices.completion;
  const hits = (uncachedPromptTokens - promptTokens) * (prices.cached ?? prices.prompt);
  const cached = promptTokens * prices.prompt + hits + completion;
  const uncached = uncachedPromptTokens * prices.prompt + completion;
  return {
    low: (prefixCache === false ? uncached : cached) / 1e6,
    high: (prefixCache === true ? cached : uncached) / 1e6,
    currency: prices.currency ?? '',
  };
}

/** Time at the rate of the last run; undefined where there is none, or only one of prompts of another length. */
export function msOf(estimate: SamplingEstimate, { rate }: EstimateTerms): number | undefined {
  if (!rate || estimate.samples === 0) return undefined;
  const mean = estimate.uncachedPromptTokens / estimate.samples;
  const alike = rate.prompt_tokens > mean / 2 && rate.prompt_tokens < mean * 2;
  return alike ? (estimate.samples / rate.samples_per_second) * 1000 : undefined;
}

/** Tokens that a limit is compared with: prompts as they will be computed, and completions at most. */
export function tokensOf(estimate: SamplingEstimate, { prefixCache }: EstimateTerms): number {
  const { promptTokens, uncachedPromptTokens, completionTokens } = estimate;
  return (prefixCache === false ? uncachedPromptTokens : promptTokens) + completionTokens;
}

/** Up to where a run may go without asking. */
export interface SamplingLimits {
  tokens: number;
  /** In the currency of the prices. */
  cost: number;
}

/** Whether a run is large enough to ask before: by what it may take or cost at most. */
export function isAbove(
  estimate: SamplingEstimate,
  terms: EstimateTerms,
  limits: SamplingLimits,
): boolean {
  if (estimate.samples === 0) return false;
  const cost = costOf(estimate, terms);
  return tokensOf(estimate, terms) > limits.tokens || (cost?.high ?? 0) > limits.cost;
}
