/** A run of letters, digits and the marks that belong to them. */
export const WORD_RUN = '[\\p{L}\\p{M}\\p{N}]+';

/** Scripts in which no space parts words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/** The words of a run of letters, which joined are the run: one, but where its script has no spaces. */
export function wordsOfRun(run: string): string[] {
  if (!UNSPACED.test(run)) return [run];
  return Array.from(segmenter.segment(run), ({ segment }) => segment);
}

/** Whether a letter alone is as good as a word, as those of Han are. */
export function isWordAlone(letter: string): boolean {
  return UNSPACED.test(letter);
}
