import type { QuestionOutline, ScorerCost } from '../scorer.ts';

/** English text has about four characters a token. */
const CHARACTERS_PER_TOKEN = 4;

/** What one question costs: calls at most, and estimated tokens of each prompt beyond the template. */
export type QuestionCost = (question: QuestionOutline, distinctTexts: number) => ScorerCost;

/**
 * Sums up what is to be asked of a model, before it is asked.
 *
 * @param known judgements of a question that there are already.
 */
export function totalCost(
  questions: readonly QuestionOutline[],
  template: string,
  known: (questionId: string) => number,
  costOf: QuestionCost,
): ScorerCost {
  let calls = 0;
  let tokens = 0;
  for (const question of questions) {
    const distinct = new Set(question.texts.map(({ digest }) => digest)).size;
    const cost = costOf(question, distinct);
    const asked = Math.max(0, cost.calls - known(question.questionId));
    calls += asked;
    tokens += asked * (cost.meanPromptTokens + template.length / CHARACTERS_PER_TOKEN);
  }
  return { calls, meanPromptTokens: calls === 0 ? 0 : Math.round(tokens / calls) };
}

export function meanTextTokens({ texts }: QuestionOutline): number {
  const sum = texts.reduce(
    (total, { tokens, characters }) => total + (tokens ?? characters / CHARACTERS_PER_TOKEN),
    0,
  );
  return texts.length === 0 ? 0 : sum / texts.length;
}

export function questionTokens({ questionCharacters }: QuestionOutline): number {
  return questionCharacters / CHARACTERS_PER_TOKEN;
}
