const PUNCTUATION = /[!-/:-@[-`{-~]/g;
/** Words as Python's `re` sees them, so that "éa" holds no article. */
const ARTICLE = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;
/** White space as Python's `str.split` sees it: with U+0085, without the byte order mark. */
const SPACE = /(?:(?!\ufeff)[\s\u0085])+/u;

/** SubEM's normalisation, in this order: lower case, no ASCII punctuation, no articles, single spaces. */
export function normalizeAnswer(text: string): string {
  return text
    .toLowerCase()
    .replace(PUNCTUATION, '')
    .replace(ARTICLE, ' ')
    .split(SPACE)
    .filter((word) => word !== '')
    .join(' ');
}

/**
 * Substring exact match (paper, section 4.1): whether a normalised gold answer is a part of the normalised output; the
 * best over the gold answers. An answer of which nothing is left matches nothing.
 *
 * @returns 1 or 0.
 */
export function subEm(output: string, answers: readonly string[]): 0 | 1 {
  const normalized = normalizeAnswer(output);
  return answers.some((answer) => {
    const gold = normalizeAnswer(answer);
    return gold !== '' && normalized.includes(gold);
  })
    ? 1
    : 0;
}
