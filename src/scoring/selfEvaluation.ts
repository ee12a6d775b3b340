import type { QuestionText } from './judge/questionText.ts';
import type { Judge } from './judge/judge.ts';
import { judgeCost } from './judge/cost.ts';
import type { Scorer } from './scorer.ts';

/**
 * Reference-free self-evaluation (paper, Tables 7 and 10): the model rates each trajectory from 1 to 5, given context and
 * question. Equal texts are rated once; one whose rating cannot be read has no score.
 */
export function selfEvaluationScorer(
  judge: Judge,
  readQuestion: (questionId: string) => Promise<QuestionText>,
): Scorer {
  return {
    cost: (questions) => judgeCost('self_evaluation', questions, (id) => judge.known(id)),
    async score({ questionId, texts }, signal, judged) {
      const { question, context } = await readQuestion(questionId);
      const distinct = [...new Set(texts)];
      const cases = distinct.map((prediction) => ({ context, question, prediction }));
      const ratings = await judge.judge(questionId, cases, signal, judged);
      const byText = new Map(distinct.map((text, place) => [text, ratings[place]]));
      const scores = texts.map((text) => byText.get(text) ?? NaN);
      return {
        scores,
        matrix: undefined,
        truncated: [],
        unscored: scores.flatMap((score, position) => (Number.isNaN(score) ? [position] : [])),
        unparsed: ratings.filter((rating) => rating === undefined).length,
      };
    },
    close: () => judge.close(),
  };
}
