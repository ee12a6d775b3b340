import { randomInt, randomUUID } from 'node:crypto';
import { ApiError } from './apiError.ts';
import type { ChatCompletionRequest } from './apiRequests.ts';
import type { FinishReason, GenerationRequest, LanguageModel } from './languageModel.ts';

/** OpenAI's accounting: the prompt counts once, the completions of all choices are summed. */
export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details: { cached_tokens: number };
}

/** A completion as it grows; fields as in OpenAI's answers. */
export interface Completion {
  id: string;
  created: number;
  choices: { text: string; finishReason: FinishReason | null }[];
  usage: Usage;
}

/** @throws ApiError 404 where another model is asked for. */
export function checkModel(asked: string | null | undefined, model: LanguageModel): void {
  if (asked === null || asked === undefined || asked === model.id) return;
  throw new ApiError(404, `The model '${asked}' is not served here; '${model.id}' is.`, {
    param: 'model',
    code: 'model_not_found',
  });
}

/**
 * Turns a request into what the model takes.
 *
 * @throws ApiError 400 `context_length_exceeded` where prompt and answer do not fit into the context.
 */
export function toGeneration(
  request: ChatCompletionRequest,
  model: LanguageModel,
): GenerationRequest {
  const prompt = model.applyChatTemplate(request.messages);
  const room = model.contextTokens - prompt.length;
  const asked = request.max_completion_tokens ?? request.max_tokens;
  if (room < 1 || (asked ?? 1) > room) {
    const answer = typeof asked === 'number' ? ` and max_tokens is ${asked}` : '';
    throw new ApiError(
      400,
      `This model's maximum context length is ${model.contextTokens} tokens. However, the messages hold ` +
        `${prompt.length} tokens${answer}. Shorten the messages${room < 1 ? '' : ` or ask for at most ${room} tokens`}.`,
      { param: room < 1 ? 'messages' : 'max_tokens', code: 'context_length_exceeded' },
    );
  }
  const stop = request.stop ?? [];
  return {
    prompt,
    choices: request.n ?? 1,
    temperature: request.temperature ?? 1,
    topP: request.top_p ?? 1,
    seed: request.seed ?? randomInt(2 ** 32),
    maxTokens: asked ?? room,
    stop: typeof stop === 'string' ? [stop] : stop,
  };
}

export function emptyCompletion(generation: GenerationRequest, now: Date): Completion {
  const promptTokens = generation.prompt.length;
  return {
    id: `chatcmpl-${randomUUID()}`,
    created: Math.floor(now.getTime() / 1000),
    choices: Array.from({ length: generation.choices }, () => ({ text: '', finishReason: null })),
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: 0,
      total_tokens: promptTokens,
      prompt_tokens_details: { cached_tokens: 0 },
    },
  };
}

/** A part of one choice, for a client that reads along. */
export interface Progress {
  choice: number;
  text: string;
  finishReason: FinishReason | null;
  /** Of this choice, as it ends. */
  completionTokens?: number;
}

/** Runs a generation into `completion`, handing on each part as it comes. */
export async function* complete(
  model: LanguageModel,
  generation: GenerationRequest,
  completion: Completion,
  signal: AbortSignal,
): AsyncGenerator<Progress, void> {
  for await (const event of model.generate(generation, signal)) {
    const { usage } = completion;
    if (event.type === 'prompt') {
      usage.prompt_tokens_details.cached_tokens = event.cachedTokens;
      continue;
    }
    const choice = completion.choices[event.choice];
    if (!choice) continue;
    if (event.type === 'delta') {
      choice.text += event.text;
      yield { choice: event.choice, text: event.text, finishReason: null };
    } else {
      choice.finishReason = event.finishReason;
      usage.completion_tokens += event.completionTokens;
      usage.total_tokens += event.completionTokens;
      yield {
        choice: event.choice,
        text: '',
        finishReason: event.finishReason,
        completionTokens: event.completionTokens,
      };
    }
  }
}

/** vLLM's `continuous_usage_stats`, told as a choice ends: the completion's tokens are those of that choice. */
export function choiceUsage({ usage }: Completion, completionTokens: number): Usage {
  const total_tokens = usage.prompt_tokens + completionTokens;
  return { ...usage, completion_tokens: completionTokens, total_tokens };
}

/** The answer to a request without `stream`. */
export function completionBody(completion: Completion, model: LanguageModel): object {
  return {
    id: completion.id,
    object: 'chat.completion',
    created: completion.created,
    model: model.id,
    choices: completion.choices.map(({ text, finishReason }, index) => ({
      index,
      message: { role: 'assistant', content: text, refusal: null },
      logprobs: null,
      finish_reason: finishReason,
    })),
    usage: completion.usage,
  };
}

/** One event of a stream: a part of one choice, or, without one, the usage at the end. */
export function chunkBody(
  completion: Completion,
  model: LanguageModel,
  part: { choice: number; delta: object; finishReason: FinishReason | null } | undefined,
  usage?: Usage | null,
): object {
  return {
    id: completion.id,
    object: 'chat.completion.chunk',
    created: completion.created,
    model: model.id,
    choices: part
      ? [
          {
            index: part.choice,
            delta: part.delta,
            logprobs: null,
            finish_reason: part.finishReason,
          },
        ]
      : [],
    ...(usage === undefined ? {} : { usage }),
  };
}
