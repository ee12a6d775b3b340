/**
 * A title as titles are compared, after the public code: lower case, without full stops, with one kind of dash, quote and
 * space. Underscores count as spaces, as in addresses of Wikipedia.
 */
export function normalizeTitle(title: string): string {
  return title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\./g, '')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/[\s_]+/g, ' ')
    .trim();
}
