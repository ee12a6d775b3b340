const MAGNITUDES = new Map([
  ['hundred', 1e2],
  ['thousand', 1e3],
  ['million', 1e6],
  ['billion', 1e9],
  ['trillion', 1e12],
]);

/** Units by what they are called, each in one way: British and American, written out and short. */
const UNITS: readonly [RegExp, string][] = [
  [/\b(?:square kilomet(?:er|re)s?|sq\.? ?km|km2|km\^2)(?![\p{L}\p{N}])/gu, 'sqkm'],
  [/\b(?:square met(?:er|re)s?|sq\.? ?m|m2|m\^2)(?![\p{L}\p{N}])/gu, 'sqm'],
  [/\b(?:square miles?|sq\.? ?mi)(?![\p{L}\p{N}])/gu, 'sqmi'],
  [/\b(?:kilomet(?:er|re)s?|kms?)(?![\p{L}\p{N}])/gu, 'km'],
  [/\b(?:centimet(?:er|re)s?|cms?)(?![\p{L}\p{N}])/gu, 'cm'],
  [/\b(?:millimet(?:er|re)s?|mms?)(?![\p{L}\p{N}])/gu, 'mm'],
  [/\b(?:met(?:er|re)s?)(?![\p{L}\p{N}])/gu, 'm'],
  [/\b(?:kilograms?|kilogrammes?|kgs?)(?![\p{L}\p{N}])/gu, 'kg'],
  [/\b(?:miles?)(?![\p{L}\p{N}])/gu, 'mi'],
  // The sign of degrees has gone by now.
  [/\b(?:degrees? )?celsius\b/gu, 'c'],
  [/\b(?:degrees? )?fahrenheit\b/gu, 'f'],
  [/\b(?:feet|foot)(?![\p{L}\p{N}])/gu, 'ft'],
];

/** @param lower an answer with digits, in lower case. */
export function withUnits(lower: string): string {
  // "612km" is "612 km".
  let text = lower.replace(/(\d)(?=(?:km|cm|mm|m|kg|mi|ft)\b)/gu, '$1 ');
  for (const [names, unit] of UNITS) text = text.replace(names, unit);
  return text;
}

/** "3.5" and "million" as "3500000"; undefined where it is no such number. `·` is the decimal point. */
export function multiplied(number: string | undefined, word: string): string | undefined {
  const factor = MAGNITUDES.get(word);
  if (factor === undefined || number === undefined || !/^\d+(?:·\d+)?$/.test(number))
    return undefined;
  const value = Number((Number(number.replace('·', '.')) * factor).toPrecision(15));
  return Number.isSafeInteger(value) ? String(value) : undefined;
}
