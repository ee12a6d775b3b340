import * as z from 'zod';
import type { Choice, RequestUsage } from './chatClient.ts';

const tokens = z.number().int().nonnegative();
const usageSchema = z
  .object({
    prompt_tokens: tokens.nullish(),
    completion_tokens: tokens.nullish(),
    prompt_tokens_details: z.object({ cached_tokens: tokens.nullish() }).nullish(),
  })
  .nullish();
const index = z.number().int().nonnegative();

/** An answer in one piece. */
export const answerSchema = z.object({
  choices: z
    .array(
      z.object({
        index: index.optional(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: usageSchema,
});

/** One event of an answer that is read along. */
export const chunkSchema = z.object({
  choices: z.array(
    z.object({
      index: index.optional(),
      delta: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }).nullish(),
      finish_reason: z.string().nullish(),
    }),
  ),
  usage: usageSchema,
});
type Chunk = z.infer<typeof chunkSchema>;

export const NO_USAGE: RequestUsage = {
  promptTokens: null,
  cachedTokens: null,
  completionTokens: null,
};

function usageOf(usage: z.infer<typeof usageSchema>): RequestUsage {
  return {
    promptTokens: usage?.prompt_tokens ?? null,
    cachedTokens: usage?.prompt_tokens_details?.cached_tokens ?? null,
    completionTokens: usage?.completion_tokens ?? null,
  };
}

/** Reads an answer in one piece. With several choices, tokens are known of all together only. */
export function choicesOf(answer: z.infer<typeof answerSchema>): {
  choices: Choice[];
  usage: RequestUsage;
} {
  const usage = usageOf(answer.usage);
  const alone = answer.choices.length === 1;
  return {
    usage,
    choices: answer.choices.map((choice, place) => ({
      at: choice.index ?? place,
      text: choice.message.content ?? choice.message.refusal ?? '',
      finishReason: finishReasonOf(choice, choice.message),
      completionTokens: alone ? usage.completionTokens : null,
    })),
  };
}

interface Growing {
  parts: string[];
  /** Events that carried text, which with most servers is one a token. */
  events: number;
  /** As the server counts this choice alone, where it does so in each event. */
  counted: number | null;
  finishReason: string | undefined;
  told: boolean;
}

/**
 * Choices as they grow out of events. vLLM, SGLang and our own server tell a choice's tokens with every event where
 * asked to (`continuous_usage_stats`); such a choice is handed on as it ends. With others the usage comes last, and
 * what each choice took is known only where the number of its events agrees with it.
 */
export class GrowingChoices {
  readonly #choices = new Map<number, Growing>();
  readonly #tell: (choice: Choice, usage: RequestUsage) => void;
  #usage = NO_USAGE;

  constructor(tell: (choice: Choice, usage: RequestUsage) => void) {
    this.#tell = tell;
  }

  get usage(): RequestUsage {
    return this.#usage;
  }

  /** Whether any choice has begun, and whether all that began have ended. */
  get begun(): boolean {
    return this.#choices.size > 0;
  }

  get allEnded(): boolean {
    return [...this.#choices.values()].every(({ finishReason }) => finishReason !== undefined);
  }

  add(chunk: Chunk): void {
    const usage = chunk.usage ? usageOf(chunk.usage) : undefined;
    const [alone] = chunk.choices;
    if (usage && !alone) this.#usage = usage;
    for (const part of chunk.choices) {
      const at = part.index ?? 0;
      const choice = this.#choices.get(at) ?? newChoice();
      this.#choices.set(at, choice);
      const text = part.delta?.content ?? part.delta?.refusal;
      if (text !== undefined && text !== null && text !== '') {
        choice.parts.push(text);
        choice.events += 1;
      }
      if (usage && chunk.choices.length === 1) choice.counted = usage.completionTokens;
      if (part.finish_reason !== undefined && part.finish_reason !== null)
        choice.finishReason = finishReasonOf(part, part.delta ?? {});
      if (choice.finishReason !== undefined && usage && this.#isOwnCount(choice)) {
        const cachedTokens = usage.cachedTokens ?? this.#usage.cachedTokens;
        this.#usage = { ...this.#usage, promptTokens: usage.promptTokens, cachedTokens };
        this.#end(at, choice, choice.counted);
      }
    }
  }

  /**
   * Hands on what has ended and was not handed on yet.
   *
   * @param whole whether the answer came to its end, so that choices without a reason to finish have finished too.
   */
  end(whole: boolean): void {
    const counts = this.#countsOfServer() ?? this.#countsByEvents();
    const { completionTokens } = this.#usage;
    if (counts)
      this.#usage = {
        ...this.#usage,
        completionTokens: Math.max(completionTokens ?? 0, sum([...counts.values()])),
      };
    for (const [at, choice] of this.#choices) {
      if (choice.finishReason === undefined && !whole) continue;
      choice.finishReason ??= 'unknown';
      this.#end(at, choice, counts?.get(at) ?? null);
    }
  }

  /** Whether the tokens told with a choice are its own: a gateway may count all choices on in one sum. */
  #isOwnCount({ counted, events }: Growing): boolean {
    if (counted === null) return false;
    const all = sum([...this.#choices.values()].map((choice) => choice.events));
    return all - events < 4 || counted < all;
  }

  /** The tokens told with each choice, where they agree with the usage at the end. */
  #countsOfServer(): Map<number, number> | undefined {
    const counts = new Map<number, number>();
    for (const [at, { counted }] of this.#choices) {
      if (counted === null) return undefined;
      counts.set(at, counted);
    }
    const { completionTokens } = this.#usage;
    return completionTokens === null || sum([...counts.values()]) === completionTokens
      ? counts
      : undefined;
  }

  #end(at: number, choice: Growing, completionTokens: number | null): void {
    if (choice.told) return;
    choice.told = true;
    const text = choice.parts.join('');
    choice.parts = [];
    this.#tell(
      { at, text, finishReason: choice.finishReason ?? 'unknown', completionTokens },
      this.#usage,
    );
  }

  /**
   * Tokens of each choice by its events: a token an event, and one more for the end of text where a choice stopped by
   * itself. Believed only where that adds up to the usage: of all choices, or (llama.cpp) of one of them.
   */
  #countsByEvents(): Map<number, number> | undefined {
    const total = this.#usage.completionTokens;
    if (total === null) return undefined;
    if (this.#choices.size === 1) {
      const [at] = this.#choices.keys();
      return new Map([[at ?? 0, total]]);
    }
    for (const endToken of [1, 0]) {
      const counts = new Map(
        [...this.#choices].map(([at, { events, finishReason }]) => [
          at,
          events + (finishReason === 'stop' ? endToken : 0),
        ]),
      );
      const all = sum([...counts.values()]);
      if (all === total || [...counts.values()].includes(total)) return counts;
    }
    return undefined;
  }
}

function newChoice(): Growing {
  return { parts: [], events: 0, counted: null, finishReason: undefined, told: false };
}

function finishReasonOf(
  { finish_reason }: { finish_reason?: string | null | undefined },
  {
    content,
    refusal,
  }: { content?: string | null | undefined; refusal?: string | null | undefined },
): string {
  const refused = (content ?? '') === '' && (refusal ?? '') !== '';
  return refused ? 'refusal' : (finish_reason ?? 'unknown');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
