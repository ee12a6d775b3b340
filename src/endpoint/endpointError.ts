import { SealongError } from '../errors.ts';

/**
 * What a failed request means for the run:
 * `later`: it may succeed when tried again; `question`: this prompt will never be accepted; `run`: no request will.
 */
export type RequestFailure = 'later' | 'question' | 'run';

/** A failed request to a server. The message never holds a key or a prompt. */
export class EndpointError extends SealongError {
  readonly failure: RequestFailure;
  /** How long the server asks to wait (Retry-After), in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: string,
    failure: RequestFailure,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number | undefined } = {},
  ) {
    super(code, message, { cause: options.cause });
    this.name = 'EndpointError';
    this.failure = failure;
    this.retryAfterMs = options.retryAfterMs;
  }
}
