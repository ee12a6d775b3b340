/** Shorter words differ by a letter and are others: "Maria" and "Marie". */
const SHORTEST_SPELT = 6;
/** Words that are in many a longer answer without being its point. */
const TOO_COMMON = new Set(['yes', 'no', 'unknown', 'none', 'true', 'false', 'not', '']);

/**
 * Whether two answers in normal form are one: the same words in any order, the words of one within the other ("wye" in
 * "thomas wye"), or longer words spelt with one letter otherwise. Numbers are never nearly equal.
 */
export function isNear(a: string, b: string): boolean {
  if (a === b) return true;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  const [few, many] = [short.split(' '), long.split(' ')];
  if (few.length === many.length && few.length > 1 && sameWords(few, many)) return true;
  if (isWithin(short, long, few, many)) return true;
  return few.length === many.length && few.every((word, place) => isSpeltAlike(word, many[place]));
}

function sameWords(a: readonly string[], b: readonly string[]): boolean {
  return [...a].sort().join(' ') === [...b].sort().join(' ');
}

function isWithin(
  short: string,
  long: string,
  few: readonly string[],
  many: readonly string[],
): boolean {
  if (TOO_COMMON.has(short) || !` ${long} `.includes(` ${short} `)) return false;
  // "2" is not the answer "2 of 12", and a letter is in everything.
  if (few.length === 1 && short.length < 3) return false;
  const number = numbersOf(few);
  return number === '' || number === numbersOf(many);
}

/** The words with digits: two answers that differ in one are two answers. */
function numbersOf(words: readonly string[]): string {
  return words.filter((word) => /\d/.test(word)).join(' ');
}

/** "metres" and "meters", "harbour" and "harbor": one letter too many, another one, or two that changed places. */
function isSpeltAlike(a: string, b = ''): boolean {
  if (a === b) return true;
  const longest = Math.max(a.length, b.length);
  if (longest < SHORTEST_SPELT || Math.abs(a.length - b.length) > 1) return false;
  if (!b.startsWith(a.charAt(0)) || /\d/.test(a + b)) return false;
  let start = 0;
  while (start < longest && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  const swapped = restA.slice(0, 2) === restB.charAt(1) + restB.charAt(0);
  return (
    restA.slice(1) === restB.slice(1) ||
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    (swapped && restA.slice(2) === restB.slice(2))
  );
}
