import type { ScorerName } from '../../study/config.ts';
import type { QuestionOutline, ScorerCost } from '../scorer.ts';
import { RATING_PROMPT, SAME_ANSWER_PROMPT, type JudgePrompt } from './judgePrompt.ts';

/** English text has about four characters a token. */
const CHARACTERS_PER_TOKEN = 4;

interface JudgedScorer {
  prompt: JudgePrompt;
  /** Calls that one question needs, and tokens of each prompt beyond the template. */
  costOf: (question: QuestionOutline, distinctTexts: number) => { calls: number; tokens: number };
}

/** The scorers that ask the sampled model itself, with what they ask of it. */
const JUDGED: Partial<Record<ScorerName, JudgedScorer>> = {
  self_evaluation: {
    prompt: RATING_PROMPT,
    costOf: (question, texts) => ({
      calls: texts,
      tokens: question.contextTokens + questionTokens(question) + meanTextTokens(question),
    }),
  },
  mbr_self_evaluation: {
    prompt: SAME_ANSWER_PROMPT,
    // Ordered pairs: that the one gives the answer of the other is not said by the reverse.
    costOf: (question, texts) => ({
      calls: texts * (texts - 1),
      tokens: questionTokens(question) + 2 * meanTextTokens(question),
    }),
  },
};

/**
 * Sums up what a scorer will ask of a model, before it is asked; undefined for a scorer that asks none. Equal texts are
 * asked of once.
 *
 * @param known judgements of a question that there are already.
 */
export function judgeCost(
  scorer: ScorerName,
  questions: Iterable<QuestionOutline>,
  known: (questionId: string) => number = () => 0,
): ScorerCost | undefined {
  const judged = JUDGED[scorer];
  if (!judged) return undefined;
  const { template, max_tokens } = judged.prompt;
  let calls = 0;
  let tokens = 0;
  for (const question of questions) {
    const distinct = new Set(question.texts.map(({ digest }) => digest)).size;
    const cost = judged.costOf(question, distinct);
    const asked = Math.max(0, cost.calls - known(question.questionId));
    calls += asked;
    tokens += asked * (cost.tokens + template.length / CHARACTERS_PER_TOKEN);
  }
  const meanPromptTokens = calls === 0 ? 0 : Math.round(tokens / calls);
  return { calls, meanPromptTokens, maxCompletionTokens: max_tokens };
}

function meanTextTokens({ texts }: QuestionOutline): number {
  const sum = texts.reduce(
    (total, { tokens, characters }) => total + (tokens ?? characters / CHARACTERS_PER_TOKEN),
    0,
  );
  return texts.length === 0 ? 0 : sum / texts.length;
}

function questionTokens({ questionCharacters }: QuestionOutline): number {
  return questionCharacters / CHARACTERS_PER_TOKEN;
}
