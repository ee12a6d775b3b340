/** The seeded texts of makeReference.py, word for word. */
const BEGINNINGS =
  'a be ca de e fi gra ho in jo ki lo ma ne o pre qua re sky tri un va wy ye sy zo di tie lie howe proc exc succ nat rat oper sens dep conn trouble fl cr sl agr pl ly dy b0 x7 inn out cann'.split(
    ' ',
  );
const MIDDLES = [
  ...'l s t z b n v y ll ss zz tt pp at bl iz ion ent ali ous er iv og abl'.split(' '),
  '',
];
const ENDINGS =
  ' s es ies ed eed ied ing ings y ly li ational tional enci anci izer bli abli alli entli eli ousli ization ation ator alism iveness fulness ousness aliti iviti biliti fulli logi icate ative alize iciti ical ful ness al ance ence er ic able ible ant ement ment ent ion sion tion ou ism ate iti ous ive ize e ll lle ying sses ss 9'.split(
    ' ',
  );
const PLAIN =
  'the lighthouse was built by Ada Morven , who taught at Wye ; so - answer : Café is in 1874 . Tōkyō 😀 (a) it'.split(
    ' ',
  );
const SPACES = [' ', ' ', ' ', ' ', ' ', '\n', ', ', ' — '];

export class Xorshift {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state % limit;
  }

  of(items: readonly string[]): string {
    return items[this.below(items.length)] ?? '';
  }
}

function base(random: Xorshift): string {
  let made = random.of(BEGINNINGS);
  for (let left = random.below(3); left > 0; left--) made += random.of(MIDDLES);
  return made;
}

export function word(random: Xorshift): string {
  return base(random) + random.of(ENDINGS);
}

/** Two texts over a small vocabulary of inflected words, the second partly made of runs of the first. */
export function pair(random: Xorshift): [string, string] {
  const bases = times(1 + random.below(8), () => base(random));
  const vocabulary = times(1 + random.below(60), () => random.of(bases) + random.of(ENDINGS));
  const pool = [...vocabulary, ...PLAIN];
  const first = times(random.below(120), () => random.of(pool));
  const second: string[] = [];
  for (let left = random.below(12); left > 0; left--)
    if (first.length > 0 && random.below(2) === 1) {
      const start = random.below(first.length);
      second.push(...first.slice(start, start + 1 + random.below(12)));
    } else second.push(...times(random.below(12), () => random.of(pool)));
  return [joined(random, first), joined(random, second)];
}

function joined(random: Xorshift, words: readonly string[]): string {
  return words
    .map((item) => (random.below(8) === 0 ? item.toUpperCase() : item) + random.of(SPACES))
    .join('');
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}
