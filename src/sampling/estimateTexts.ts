import { durationText } from '../pace.ts';
import { costOf, msOf, type Cost, type EstimateTerms, type SamplingEstimate } from './estimate.ts';

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
    ms === undefined ? 'time not known yet' : `about ${durationText(ms)} at the rate last measured`,
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
