/** One sample to take. */
export interface ChatRequest {
  model: string;
  prompt: string;
  temperature: number;
  topP: number | undefined;
  maxTokens: number;
  seed: number;
}

export interface ChatAnswer {
  text: string;
  finishReason: string;
  promptTokens: number | null;
  completionTokens: number | null;
  /** The model's name as the server gives it. */
  servedModel: string;
}

/** An inference server, as sampling sees it. */
export interface ChatClient {
  /** Where the server is, for messages: never with a key. */
  readonly host: string;
  /**
   * Asks the server for its models before anything is spent.
   *
   * @throws ChatError where the server is down, refuses the key, or does not serve the model.
   */
  check: (model: string, signal?: AbortSignal) => Promise<void>;
  /** @throws ChatError */
  complete: (request: ChatRequest, signal?: AbortSignal) => Promise<ChatAnswer>;
}

/**
 * What a failed request means for the run:
 * `later`: it may succeed when tried again; `question`: this prompt will never be accepted; `run`: no request will.
 */
export type ChatFailure = 'later' | 'question' | 'run';
