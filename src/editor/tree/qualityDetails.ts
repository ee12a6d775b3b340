import { FLAWS, type Quality } from '../../sampling/quality.ts';
import { visibleText } from '../../protocol/hiddenCharacters.ts';
import type { Detail } from './row.ts';

/** What samples are like, for a tooltip; nothing where there are none. */
export function qualityDetails(quality: Quality): Detail[] {
  const { samples, flaws, lengths, retried, failures } = quality;
  if (samples === 0) return [];
  const found = FLAWS.filter((flaw) => flaws[flaw] > 0).map(
    (flaw) => `${number(flaws[flaw])} ${flaw}`,
  );
  const [reason] = Object.keys(failures);
  return [
    { term: 'Flaws', value: found.length > 0 ? found.join(', ') : 'none found' },
    ...(reason === undefined ? [] : [{ term: 'Failed because', value: visibleText(reason) }]),
    ...(retried === 0 ? [] : [{ term: 'At a later attempt', value: number(retried) }]),
    ...(lengths
      ? [
          {
            term: 'Tokens',
            value: `median ${number(lengths.median)}, from ${number(lengths.min)} to ${number(lengths.max)}`,
          },
        ]
      : []),
  ];
}

/** "3 truncated", "1 refused": what should be seen without a tooltip; failures are told elsewhere. */
export function flawFacts({ flaws }: Pick<Quality, 'flaws'>): string[] {
  return (['truncated', 'refused', 'empty'] as const)
    .filter((flaw) => flaws[flaw] > 0)
    .map((flaw) => `${number(flaws[flaw])} ${flaw}`);
}

function number(n: number): string {
  return n.toLocaleString('en');
}
