import { isNoAnswer } from './noAnswer.ts';
import { normalForm } from './normalForm.ts';

/** Words that carry no answer in a sentence. */
const FILLER = new Set([
  ...['is', 'was', 'are', 'were', 'be', 'been', 'has', 'have', 'had', 'did', 'does', 'do'],
  ...['of', 'in', 'on', 'at', 'by', 'to', 'for', 'from', 'with', 'and', 'or', 'as', 'so'],
  ...['it', 'its', 'that', 'this', 'which', 'who', 'whom', 'whose', 'there', 'therefore', 'thus'],
  ...['question', 'answer', 'i', 'im', 'sorry'],
  ...['he', 'she', 'they', 'his', 'her', 'their', 'called', 'named', 'known', 'passage', ''],
]);

/** From this many words on an answer is a sentence. */
const SENTENCE = 5;

/** What an answer says beyond the question. */
export interface AnswerCore {
  /** In normal form, to be compared. */
  form: string;
  /** To be shown. */
  label: string;
  /** Words of weight. */
  words: number;
}

/**
 * A short answer as it is; of a sentence what is left without the question's words and those that carry nothing, so that "X
 * was built by Y" and "Y built X" both say Y. All that say that there is no answer say the same.
 */
export function answerCore(answer: string, questionWords: ReadonlySet<string>): AnswerCore {
  const whole = normalForm(answer) || answer;
  if (isNoAnswer(whole)) return { form: 'unknown', label: answer, words: 1 };
  const all = whole.split(' ');
  if (all.length < SENTENCE) return { form: whole, label: answer, words: all.length };
  const hasWeight = (word: string) => !questionWords.has(word) && !FILLER.has(word);
  const own = all.filter(hasWeight);
  if (own.length === 0) return { form: whole, label: answer, words: all.length };
  return { form: own.join(' '), label: longestRun(answer, hasWeight), words: own.length };
}

/** The longest piece of a sentence that is not broken by a word without weight. */
function longestRun(sentence: string, hasWeight: (word: string) => boolean): string {
  let best = '';
  let run: string[] = [];
  for (const word of [...sentence.split(/\s+/), '']) {
    if (normalForm(word).split(' ').some(hasWeight)) {
      run.push(word);
      continue;
    }
    const piece = run.join(' ');
    if (piece.length > best.length) best = piece;
    run = [];
  }
  // What a bracket that was cut open says belongs to the rest of the sentence.
  const whole = best.replace(/\s*\([^)]*$/u, '') || best;
  return whole.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}%)]+$/gu, '') || sentence;
}
