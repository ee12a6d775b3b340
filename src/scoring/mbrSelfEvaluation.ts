import { spread } from './distinct.ts';
import { judgeCost } from './judge/cost.ts';
import type { Judge } from './judge/judge.ts';
import type { QuestionText } from './judge/questionText.ts';
import type { Scorer } from './scorer.ts';

/**
 * MBR by reference-based self-evaluation (paper, Tables 7 and 10): the model says for each ordered pair of distinct texts
 * whether the predicted response (row) gives the answer of the reference (column), 1 or 0. A text has 1 with itself
 * without asking. Judgements that cannot be read are left out of the means; a text that has none but with itself has no
 * score, unless all texts are equal.
 */
export function mbrSelfEvaluationScorer(
  judge: Judge,
  readQuestion: (questionId: string) => Promise<QuestionText>,
): Scorer {
  return {
    cost: (questions) => judgeCost('mbr_self_evaluation', questions, (id) => judge.known(id)),
    async score({ questionId, texts }, signal, judged) {
      const { question } = await readQuestion(questionId);
      const distinct = [...new Set(texts)];
      const pairs = distinct.flatMap((_, i) =>
        distinct.flatMap((__, j) => (i === j ? [] : [{ i, j }])),
      );
      const cases = pairs.map(({ i, j }) => ({
        question,
        prediction: distinct[i] ?? '',
        reference: distinct[j] ?? '',
      }));
      const said = await judge.judge(questionId, cases, signal, judged);
      const m = distinct.length;
      const utilities = new Float64Array(m * m).fill(1);
      for (const [at, { i, j }] of pairs.entries()) utilities[i * m + j] = said[at] ?? NaN;
      const judgedRows = distinct.map(
        (_, i) => m === 1 || pairs.some((pair, at) => pair.i === i && said[at] !== undefined),
      );
      const matrix = spread(utilities, distinct, texts);
      const places = new Map(distinct.map((text, place) => [text, place]));
      const isScored = (text: string) => judgedRows[places.get(text) ?? 0] === true;
      return {
        scores: knownMeans(matrix, texts.length),
        matrix: Float32Array.from(matrix),
        truncated: [],
        unscored: texts.flatMap((text, position) => (isScored(text) ? [] : [position])),
        unparsed: said.filter((value) => value === undefined).length,
      };
    },
    close: () => judge.close(),
  };
}

/** The mean of each row over what is known of it. */
function knownMeans(utilities: Float64Array, n: number): number[] {
  return Array.from({ length: n }, (_, i) => {
    const known = utilities.subarray(i * n, (i + 1) * n).filter((value) => !Number.isNaN(value));
    return known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}
