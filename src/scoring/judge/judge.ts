import type { Clock } from '../../clock.ts';
import { SCHEMA_VERSION } from '../../records/schemas.ts';
import type { ChatClient } from '../../sampling/chatClient.ts';
import { withRetries } from '../../sampling/retry.ts';
import { breathing } from '../breath.ts';
import { fillPrompt, readAnswer, type JudgePrompt } from './judgePrompt.ts';
import { judgementKey, type Judgements } from './judgements.ts';

/** The sampled model as a judge of its own outputs. */
export interface JudgeOptions {
  client: ChatClient;
  /** Requests in flight at once. */
  concurrency: number;
  clock: Clock;
  judgements: Judgements;
  prompt: JudgePrompt;
  model: string;
  /** Hash of the scorer's parameters. */
  config: string;
}

const ATTEMPTS = 5;
/** Judges answer at temperature 0, where seeds mean nothing; the study's would make a new one ask all again. */
const SEED = 0;

/** What the placeholders of the prompt stand for. */
type JudgeCase = Readonly<Record<string, string>>;

/** Asks for judgements that are not known yet, several at once, and writes each as it arrives. */
export class Judge {
  readonly #options: JudgeOptions;
  #checked: Promise<void> | undefined;

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  /**
   * What the judge says of each case of one question: a number, or undefined for an answer that gives none.
   *
   * @param cases values for the placeholders of the prompt; equal ones are asked once.
   * @param judged called after each judgement that was not known.
   * @throws EndpointError with the first request that failed for good; the signal's reason. What has arrived is kept.
   */
  async judge(
    questionId: string,
    cases: readonly JudgeCase[],
    signal: AbortSignal,
    judged: () => void = () => undefined,
  ): Promise<(number | undefined)[]> {
    const { judgements, prompt } = this.#options;
    // Prompts hold whole contexts: they are made one by one, for the key and once more for the request.
    const breathe = breathing(signal);
    const keys: string[] = [];
    const missing = new Map<string, JudgeCase>();
    for (const values of cases) {
      const key = judgementKey(this.#request(values));
      keys.push(key);
      if (judgements.answer(key) === undefined) missing.set(key, values);
      await breathe();
    }
    if (missing.size > 0) await this.#askAll(questionId, missing, signal, judged);
    return keys.map((key) => {
      const answer = judgements.answer(key);
      return answer === undefined ? undefined : readAnswer(prompt, answer);
    });
  }

  /** How many judgements of a question there are already. */
  known(questionId: string): number {
    const { judgements, config } = this.#options;
    return judgements.countOf(questionId, config);
  }

  async close(): Promise<void> {
    await this.#options.judgements.close();
  }

  #request(values: JudgeCase) {
    const { model, prompt: data } = this.#options;
    const { temperature, max_tokens: maxTokens } = data;
    const prompt = fillPrompt(data, values);
    return { model, prompt, temperature, maxTokens, seed: SEED };
  }

  async #askAll(
    questionId: string,
    missing: ReadonlyMap<string, JudgeCase>,
    signal: AbortSignal,
    judged: () => void,
  ): Promise<void> {
    const { client, concurrency, model } = this.#options;
    this.#checked ??= client.check(model, signal);
    await this.#checked;
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const queue = missing.entries();
    const worker = async (): Promise<void> => {
      for (const [key, values] of queue) {
        either.throwIfAborted();
        await this.#ask(questionId, key, values, either);
        judged();
      }
    };
    const failures: unknown[] = [];
    const workers = Array.from({ length: Math.max(1, concurrency) }, worker);
    await Promise.all(
      workers.map((running) =>
        running.catch((error: unknown) => {
          failures.push(error);
          stop.abort(error);
        }),
      ),
    );
    if (failures.length > 0) throw failures[0];
  }

  async #ask(
    questionId: string,
    key: string,
    values: JudgeCase,
    signal: AbortSignal,
  ): Promise<void> {
    const { client, clock, judgements, config } = this.#options;
    const request = this.#request(values);
    const { value: answer } = await withRetries(
      () => client.complete({ ...request, topP: undefined }, signal),
      { clock, attempts: ATTEMPTS, seed: SEED, signal },
    );
    await judgements.add({
      v: SCHEMA_VERSION,
      key,
      question_id: questionId,
      config,
      answer: answer.text,
      finish_reason: answer.finishReason,
      prompt_tokens: answer.promptTokens,
      completion_tokens: answer.completionTokens,
      created_at: clock.now().toISOString(),
    });
  }
}
