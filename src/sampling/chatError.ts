import { SealongError } from '../errors.ts';
import type { ChatFailure } from './chatClient.ts';

/** A failed request to an inference server. The message never holds a key or a prompt. */
export class ChatError extends SealongError {
  readonly failure: ChatFailure;
  /** How long the server asks to wait (Retry-After), in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: string,
    failure: ChatFailure,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number | undefined } = {},
  ) {
    super(code, message, { cause: options.cause });
    this.name = 'ChatError';
    this.failure = failure;
    this.retryAfterMs = options.retryAfterMs;
  }
}
