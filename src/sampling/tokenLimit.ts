import { SealongError } from '../errors.ts';
import { tokensOf, type EstimateTerms, type SamplingEstimate } from './estimate.ts';

/**
 * Ends a run before it begins where it may take more tokens than the user allows; undefined allows any number.
 *
 * @throws SealongError `above_limit`.
 */
export function refuseAbove(
  limit: number | undefined,
  estimate: SamplingEstimate,
  terms: EstimateTerms,
): void {
  const tokens = tokensOf(estimate, terms);
  if (limit === undefined || tokens <= limit) return;
  throw new SealongError(
    'above_limit',
    `Sampling may take ${tokens.toLocaleString('en')} tokens, and the limit is ${limit.toLocaleString('en')}. Nothing was asked of the server. Raise --token-limit, or lower sampling.n or sampling.max_tokens.`,
  );
}
