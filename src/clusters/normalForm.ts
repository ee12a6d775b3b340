import { normalizeAnswer } from '../evaluation/subEm.ts';

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

/**
 * A form in which equal answers are equal: that of SubEM (case, punctuation, articles, white space), with whole dates in
 * one order, number words up to ninety-nine as digits, and decimal points kept.
 */
export function normalForm(answer: string): string {
  const dated = /\d/.test(answer) ? withDates(answer.toLowerCase()) : answer;
  const words = normalizeAnswer(dated.replace(/(\p{L})-(?=\p{L})/gu, '$1 ')).split(' ');
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
    result.push(value === undefined ? word : String(value));
    tens = value !== undefined && value >= 20 ? value : 0;
  }
  return result.join(' ');
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
    )
    .replace(/(\d)\.(?=\d)/g, '$1·')
    .replace(/(\d)\s*(?:%|percent\b|per cent\b)/g, '$1 percent');
}
