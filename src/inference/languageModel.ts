/** One message of a chat, as the model's template sees it. */
export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** n samples of one prompt. */
export interface GenerationRequest {
  /** Token ids, from `applyChatTemplate`; never empty. */
  prompt: readonly number[];
  /** How many samples, at least 1. */
  choices: number;
  /** 0 takes the likeliest token at every step. */
  temperature: number;
  /** Share of the probability mass that is sampled from, in (0, 1]. */
  topP: number;
  /** A whole number; choice i draws with a seed derived from this and i, whatever `choices` is. */
  seed: number;
  /** Most tokens of one choice; prompt and this together fit into the model's context. */
  maxTokens: number;
  /** A choice ends before the first of these; none is empty. */
  stop: readonly string[];
}

/** What happens to a generation, in order: `prompt` once, then deltas, and one `end` a choice. */
export type GenerationEvent =
  | {
      type: 'prompt';
      /** Tokens at the start of the prompt that were still known from an earlier request. */
      cachedTokens: number;
      /** Tokens of the prompt computed for this request, once for all choices. */
      computedTokens: number;
    }
  | { type: 'delta'; choice: number; text: string }
  | { type: 'end'; choice: number; finishReason: FinishReason; completionTokens: number };

export type FinishReason = 'stop' | 'length';

/**
 * A chat model that samples a prompt several times while evaluating it once.
 *
 * One generation runs at a time: the caller takes turns (see RequestQueue). The same request gives the same texts,
 * whatever was generated before it.
 */
export interface LanguageModel {
  readonly id: string;
  /** Tokens that a prompt and one sample may hold together. */
  readonly contextTokens: number;
  tokenize: (text: string) => readonly number[];
  /** The chat's tokens, up to where the assistant's answer begins. */
  applyChatTemplate: (messages: readonly ChatMessage[]) => readonly number[];
  /** Stops computing within one step when `signal` is aborted, throwing its reason. */
  generate: (request: GenerationRequest, signal: AbortSignal) => AsyncIterable<GenerationEvent>;
  dispose: () => Promise<void>;
}
