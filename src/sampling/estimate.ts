import type { TokenPrices } from '../endpoint/endpointProfile.ts';
import { durationText } from '../pace.ts';

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

/** "65,536 samples, 38M prompt tokens if cached (1.2B if not), at most 67M completion tokens, about 3 h at the rate ..." */
export function estimateText(estimate: SamplingEstimate, terms: EstimateTerms): string {
  const { samples, promptTokens, uncachedPromptTokens, completionTokens } = estimate;
  const cost = costOf(estimate, terms);
  const ms = msOf(estimate, terms);
  return [
    `${samples.toLocaleString('en')} ${samples === 1 ? 'sample' : 'samples'}`,
    promptsText(promptTokens, uncachedPromptTokens, terms.prefixCache),
    `at most ${amount(completionTokens)} completion tokens`,
    ...(cost ? [costText(cost)] : []),
    ms === undefined
      ? 'for how long is known once some have come'
      : `about ${durationText(ms)} at the rate last measured`,
  ].join(', ');
}

function promptsText(cached: number, uncached: number, prefixCache: boolean | undefined): string {
  if (cached === uncached) return `${amount(cached)} prompt tokens`;
  if (prefixCache === false)
    return `${amount(uncached)} prompt tokens, since the server caches none`;
  return `${amount(cached)} prompt tokens if cached${prefixCache ? '' : ` (${amount(uncached)} if not)`}`;
}

/** @returns "at most 12.40 USD", or "from 12.40 to at most 310.00 USD" where the cache decides. */
export function costText({ low, high, currency }: Cost): string {
  const unit = currency === '' ? '' : ` ${currency}`;
  const [from, to] = [money(low), money(high)];
  return from === to ? `at most ${to}${unit}` : `from ${from} to at most ${to}${unit}`;
}

function money(value: number): string {
  return value < 0.01 && value > 0 ? value.toPrecision(1) : value.toFixed(2);
}

/** "950", "38K", "1.2M", "2.1B": two digits are as exact as an estimate is. */
export function amount(tokens: number): string {
  const units = [
    { from: 1e9, sign: 'B' },
    { from: 1e6, sign: 'M' },
    { from: 1e3, sign: 'K' },
  ];
  for (const { from, sign } of units)
    if (tokens >= from * 0.9995) {
      const value = tokens / from;
      return `${value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value))}${sign}`;
    }
  return String(Math.round(tokens));
}
