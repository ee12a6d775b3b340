import { normalizeAnswer } from '../evaluation/subEm.ts';
import { multiplied, withUnits } from './quantities.ts';

const MONTHS = [
  ...['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august'],
  ...['september', 'october', 'november', 'december'],
];
const MONTH = `(${MONTHS.map((name) => `${name.slice(0, 3)}(?:${name.slice(3)})?`).join('|')}|sept)`;
const DAY = '(\\d{1,2})(?:st|nd|rd|th)?';
const DAY_MONTH_YEAR = new RegExp(`\\b${DAY}(?: of)? ${MONTH}\\.?,? (\\d{4})\\b`, 'g');
const MONTH_DAY_YEAR = new RegExp(`\\b${MONTH}\\.? ${DAY},? (\\d{4})\\b`, 'g');
const ISO = /\b(\d{4})-(\d{2})-(\d{2})\b/g;

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
const BEYOND_ASCII = /[^\0-\x7f]/;

/**
 * A form in which equal answers are equal: that of SubEM (case, punctuation, articles, white space), without accents, with
 * whole dates in one order, number words as digits, units called in one way, and decimal points kept.
 */
export function normalForm(answer: string): string {
  const plain = BEYOND_ASCII.test(answer) ? folded(answer) : answer;
  const named = plain.replace(LETTER_A, ' letter_a');
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
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .replace(/ß/g, 'ss')
    .replace(/[\p{P}\p{S}]/gu, (mark) => (BEYOND_ASCII.test(mark) ? ' ' : mark))
    .replace(UNSPACED, ' $& ');
}

function withNumbers(lower: string): string {
  return withUnits(withDates(lower))
    .replace(/(?<![\p{L}\p{N}.])\.(?=\d)/gu, '0.')
    .replace(/(\d)\.(?=\d)/g, '$1·')
    .replace(/(\d)\s*(?:%|percent\b|per cent\b)/g, '$1 percent');
}

function withDates(lower: string): string {
  const date = (year: string, month: number, day: string) =>
    ` ${year}y${String(month).padStart(2, '0')}m${day.padStart(2, '0')}d `;
  const monthOf = (name: string) =>
    MONTHS.findIndex((month) => month.startsWith(name.slice(0, 3))) + 1;
  return lower
    .replace(ISO, (_, year: string, month: string, day: string) => date(year, Number(month), day))
    .replace(DAY_MONTH_YEAR, (_, day: string, month: string, year: string) =>
      date(year, monthOf(month), day),
    )
    .replace(MONTH_DAY_YEAR, (_, month: string, day: string, year: string) =>
      date(year, monthOf(month), day),
    );
}
