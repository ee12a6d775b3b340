import type { EndpointProfile } from '../../endpoint/endpointProfile.ts';
import { costOf } from '../../sampling/estimate.ts';
import { amount, costText } from '../../sampling/estimateTexts.ts';
import type { ScorerCost } from '../scorer.ts';

/** "At most 1,680 judgements, 440K prompt tokens, at most 27K completion tokens". */
export function judgingText(cost: ScorerCost, { prices }: Pick<EndpointProfile, 'prices'>): string {
  const { calls } = cost;
  const promptTokens = calls * cost.meanPromptTokens;
  const completionTokens = calls * cost.maxCompletionTokens;
  const price = costOf(
    {
      samples: calls,
      questions: 0,
      promptTokens,
      uncachedPromptTokens: promptTokens,
      completionTokens,
    },
    { prices },
  );
  return [
    `At most ${calls.toLocaleString('en')} ${calls === 1 ? 'judgement' : 'judgements'}`,
    `about ${amount(promptTokens)} prompt tokens`,
    `at most ${amount(completionTokens)} completion tokens`,
    ...(price ? [costText(price)] : []),
  ].join(', ');
}
