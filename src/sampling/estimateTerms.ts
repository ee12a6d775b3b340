import type { EndpointMemory } from '../endpoint/endpointMemory.ts';
import type { EndpointProfile } from '../endpoint/endpointProfile.ts';
import type { EstimateTerms } from './estimate.ts';

/** What is known of an endpoint for an estimate: what its user says of it, what a test found, how the last run went. */
export async function estimateTerms(
  { baseUrl, prices, capabilities }: Pick<EndpointProfile, 'baseUrl' | 'prices' | 'capabilities'>,
  model: string,
  memory: EndpointMemory | undefined,
): Promise<EstimateTerms> {
  const found = await memory?.capabilities(baseUrl, model);
  return {
    prefixCache: capabilities?.prefixCache ?? found?.prefixCache,
    prices,
    rate: await memory?.rate(baseUrl, model),
  };
}
