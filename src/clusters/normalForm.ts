import { normalizeAnswer } from '../evaluation/subEm.ts';
import { withDates, withTimes } from './datesAndTimes.ts';
import { multiplied, withUnits } from './quantities.ts';

const SMALL = [
  ...['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'],
  ...['eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen'],
  'nineteen',
];
const TENS = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const NUMBERS = new Map([
  ...SMALL.map((word, value): [string, number] => [word, value]),
  ...TENS.map((word, place): [string, number] => [word, (place + 2) * 10]),
]);

/** Names that are said in several ways, where they are the whole answer. */
const ALIASES = new Map([
  ...['us', 'usa', 'united states of america'].map((name): [string, string] => [
    name,
    'united states',
  ]),
  ['uk', 'united kingdom'],
  ['ussr', 'soviet union'],
  ['uae', 'united arab emirates'],
]);

/** Each letter of a script without spaces is a word, so that a name is found within a longer one. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;
/** At the end of a name, as in "vitamin A", it is no article. */
const LETTER_A = /(?<=[\p{L}\p{N}])\s+A(?=[\s.,;:!?)'"*]*$)/u;
/** Of "C++", "F#" and "AB+", which are not C, F and AB. */
const NAME_MARKS = /(?<=\p{L}\+?)\+|(?<=\b\p{L})#/gu;
/** Of a number, not between two. */
const MINUS = /(?<![\p{L}\p{N}])[-\u2212](?=\.?\d)/gu;
/** Thousands set apart by spaces. */
const GROUPED = /(?<![\d.,])\d{1,3}(?: \d{3})+(?![\d.,])/g;
const BEYOND_ASCII = /[^\0-\x7f]/;

/**
 * A form in which equal answers are equal: that of SubEM (case, punctuation, articles, white space), without accents, with
 * whole dates in one order, times of the day by 24 hours, number words as digits, units called in one way, and decimal
 * points kept.
 */
export function normalForm(answer: string): string {
  const signed = answer.replace(MINUS, 'minus');
  const plain = BEYOND_ASCII.test(signed) ? folded(signed) : signed;
  const named = plain
    .replace(LETTER_A, ' letter_a')
    .replace(NAME_MARKS, (mark) => (mark === '#' ? 'sharp' : 'plus'));
  const exact = /\d/.test(named) ? withNumbers(named.toLowerCase()) : named;
  const words = normalizeAnswer(exact.replace(/(\p{L})-(?=\p{L})/gu, '$1 ')).split(' ');
  const result: string[] = [];
  let tens = 0;
  for (const word of words) {
    const value = NUMBERS.get(word);
    // "twenty one" is one number.
    if (value !== undefined && value > 0 && value < 10 && tens > 0) {
      result[result.length - 1] = String(tens + value);
      tens = 0;
      continue;
    }
    const product = multiplied(result.at(-1), word);
    if (product === undefined) result.push(value === undefined ? word : String(value));
    else result[result.length - 1] = product;
    tens = value !== undefined && value >= 20 ? value : 0;
  }
  const form = result.join(' ');
  return ALIASES.get(form) ?? form;
}

function folded(text: string): string {
  return (
    text
      .normalize('NFKD')
      // Accents, and the vowel signs of Arabic and Hebrew, which most texts leave out.
      .replace(/[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/g, '')
      .normalize('NFC')
      .replace(/ß/g, 'ss')
      .replace(/[\p{P}\p{S}]/gu, (mark) => (BEYOND_ASCII.test(mark) ? ' ' : mark))
      .replace(UNSPACED, ' $& ')
  );
}

function withNumbers(lower: string): string {
  return (
    withUnits(withTimes(withDates(lower)))
      // A comma before one or two digits is a decimal point.
      .replace(/(\d),(?=\d{1,2}(?!\d))/g, '$1.')
      .replace(GROUPED, (number) => number.replaceAll(' ', ''))
      .replace(/(?<![\p{L}\p{N}.])\.(?=\d)/gu, '0.')
      .replace(/(\d)\.(?=\d)/g, '$1·')
      // Signs that SubEM's form leaves: 3/4 is not 34.
      .replace(/(\d)\s?\/\s?(?=\d)/g, '$1⁄')
      .replace(/(\d):(?=\d)/g, '$1∶')
      .replace(/(\d)\s*(?:%|percent\b|per cent\b)/g, '$1 percent')
  );
}
