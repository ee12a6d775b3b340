export type LengthUnit = 'tokens' | 'characters';

/** Of a question's pair, as it is known without its samples. */
interface LengthGap {
  /** Length of chosen minus that of rejected; undefined where there is no pair. */
  lengthGap: number | undefined;
  /** The same in characters, also where the first is in tokens. */
  characterGap: number | undefined;
  lengthInTokens: boolean;
  leftOut: string | undefined;
}

/** Mean of the length of chosen minus that of rejected, over the pairs of a study. */
export interface MeanLengthGap {
  pairs: number;
  meanGap: number;
  /** Tokens where all of them are counted. */
  unit: LengthUnit;
}

/** The mean of gaps that are kept, without a look at samples again; undefined where there is no pair. */
export function meanLengthGap(gaps: readonly LengthGap[]): MeanLengthGap | undefined {
  const pairs = gaps.filter(
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
