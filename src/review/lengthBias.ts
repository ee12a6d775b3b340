import type { QuestionFacts } from './questionFacts.ts';

type Gaps = Pick<QuestionFacts, 'lengthGap' | 'characterGap' | 'lengthInTokens' | 'leftOut'>;

interface LengthBias {
  pairs: number;
  meanGap: number;
  unit: 'tokens' | 'characters';
}

/** How chosen and rejected differ in length over all pairs, in one unit; undefined where there is no pair. */
export function lengthBias(facts: readonly Gaps[]): LengthBias | undefined {
  const pairs = facts.filter(
    ({ lengthGap, leftOut }) => lengthGap !== undefined && leftOut === undefined,
  );
  if (pairs.length === 0) return undefined;
  const inTokens = pairs.every(({ lengthInTokens }) => lengthInTokens);
  const sum = pairs.reduce(
    (total, { lengthGap = 0, characterGap = 0 }) => total + (inTokens ? lengthGap : characterGap),
    0,
  );
  return {
    pairs: pairs.length,
    meanGap: sum / pairs.length,
    unit: inTokens ? 'tokens' : 'characters',
  };
}
