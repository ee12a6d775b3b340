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
}

/** Several samples of one prompt, taken by one request: the seed is that of the whole request. */
export interface ChoicesRequest extends Omit<ChatRequest, 'prompt'> {
  /** As JSON in UTF-8: contexts are long, and requests that share one share its bytes. See `encodedPrompt`. */
  prompt: Buffer;
  n: number;
  /** Whether to read along, so that each choice is known as it ends. */
  stream: boolean;
}

/** One finished sample of a request for several. */
export interface Choice {
  /** Its place among the choices, from 0. */
  at: number;
  text: string;
  finishReason: string;
  /** Null where the server counts only all choices together. */
  completionTokens: number | null;
}

/** Token counts of one request; null where the server does not say. */
export interface RequestUsage {
  promptTokens: number | null;
  /** Of the prompt's tokens, those that were not computed again. */
  cachedTokens: number | null;
  /** Of all choices together. */
  completionTokens: number | null;
}

export interface ChoicesListener {
  /** The prompt is computed: what comes after may count on the server's cache. Called once at most. */
  begun?: () => void;
  /**
   * A choice is whole, with what is known of the request's usage by then. Choices that ended before a request failed
   * are handed on as well.
   */
  ended: (choice: Choice, usage: RequestUsage) => void;
}

/** What was learned of a server's ways, at first from its profile, then from its answers. */
export interface ServerWays {
  /** One request may ask for several choices. */
  readonly n: boolean;
  /** Answers can be read along. */
  readonly stream: boolean;
  /** Requests carry a seed. */
  readonly seed: boolean;
}

/** An inference server that is asked for one answer at a time. */
export interface ChatClient {
  /** Where the server is, for messages: never with a key. */
  readonly host: string;
  /**
   * Asks the server for its models before anything is spent.
   *
   * @throws EndpointError where the server is down, refuses the key, or does not serve the model.
   */
  check: (model: string, signal?: AbortSignal) => Promise<void>;
  /** @throws EndpointError */
  complete: (request: ChatRequest, signal?: AbortSignal) => Promise<ChatAnswer>;
}

/** An inference server, as sampling sees it. */
export interface SamplingClient extends ChatClient {
  readonly ways: ServerWays;
  /**
   * Takes up to `n` samples by one request. A server that gives fewer than asked, or refuses to give several
   * (EndpointError `n_refused`), is known by its `ways` afterwards.
   *
   * @throws EndpointError
   */
  choices: (
    request: ChoicesRequest,
    listener: ChoicesListener,
    signal?: AbortSignal,
  ) => Promise<RequestUsage>;
}
