import { readRecordAt } from '../records/jsonl.ts';
import { questionSchema } from '../records/schemas.ts';
import type { QuestionEntry } from '../study/entries.ts';
import type { Study } from '../study/study.ts';
import type { SamplingParameters } from './parameters.ts';
import { promptOf } from './strategy.ts';

/** How many prompts are kept: those of the questions in flight are few, and contexts are long. */
const MOST_PROMPTS = 32;

/** The prompts of the questions in flight, read when first asked for. */
export class PromptCache {
  readonly #study: Study;
  readonly #parameters: SamplingParameters;
  readonly #prompts = new Map<string, Promise<string>>();

  constructor(study: Study, parameters: SamplingParameters) {
    this.#study = study;
    this.#parameters = parameters;
  }

  promptOf(question: QuestionEntry): Promise<string> {
    const cached = this.#prompts.get(question.id);
    if (cached) return cached;
    const prompt = readRecordAt(this.#study.paths.questions, question, questionSchema).then(
      (record) => promptOf(this.#parameters.strategy, record),
    );
    this.#prompts.set(question.id, prompt);
    const oldest = this.#prompts.keys().next().value;
    if (this.#prompts.size > MOST_PROMPTS && oldest !== undefined) this.#prompts.delete(oldest);
    return prompt;
  }
}
