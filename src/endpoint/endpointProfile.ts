/**
 * An OpenAI-compatible inference server as its user describes it: plain data, which crosses to workers. The key is kept
 * apart and is never part of it.
 */
export interface EndpointProfile {
  /** The user's name for it. */
  name?: string;
  /** Base URL of the API, `/v1` included where the server wants it. */
  baseUrl: string;
  /** Base URLs of further replicas of the same deployment: the same model behind the same key. */
  replicas?: readonly string[];
  /** The model that new studies on this endpoint take; a study samples its own `sampling.model`. */
  model?: string;
  limits: EndpointLimits;
  capabilities?: EndpointCapabilities;
  prices?: TokenPrices;
}

export interface EndpointLimits {
  /** Samples in flight at once, over all replicas: the most that the adaptive limit grows to. */
  maxConcurrency: number;
  /** How long one request may go without a sign of life, in milliseconds. */
  timeoutMs?: number;
  /** Choices that one request asks for at most; 1 gives each sample a request and a seed of its own. */
  maxChoices?: number;
}

/** What a probe found out about a server; absent means unknown, and is found out while sampling. */
export interface EndpointCapabilities {
  /** The server's kind, where it is told: `vllm`, `sglang`, `llama.cpp`, `sealong`, `openai`, ... */
  server?: string;
  /** One request gives as many choices as `n` asks for. */
  n?: boolean;
  /** The same seed gives the same text. */
  seed?: boolean;
  /** Answers come as server-sent events where `stream` asks for it. */
  stream?: boolean;
  logprobs?: boolean;
  tokenize?: boolean;
  /** The longest prompt and completion together, in tokens. */
  contextTokens?: number;
  /** A second request with the same prompt told cached tokens. */
  prefixCache?: boolean;
  /** How the server wants the longest completion to be named. */
  maxTokensField?: 'max_tokens' | 'max_completion_tokens';
}

/** Prices in the user's currency, per million tokens. */
export interface TokenPrices {
  prompt: number;
  /** Of prompt tokens that the server took from its cache; as `prompt` where absent. */
  cached?: number;
  completion: number;
  /** As the user writes it, for example `USD`. */
  currency?: string;
}
