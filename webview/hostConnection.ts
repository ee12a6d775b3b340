import { PendingRequests, type RequestResult } from './requests.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const REQUEST_TIMEOUT_MS = 15_000;

interface Reply {
  type: 'reply';
  request: number;
  ok: boolean;
  message?: string;
}

/**
 * The webview's side of the talk with the editor: `Body` is what this webview may ask for, `Message` what the editor may
 * send besides replies.
 */
export class HostConnection<Message extends { type: string }, Body> {
  // Can be acquired once in the life of a webview, so only here.
  readonly #api = acquireVsCodeApi();
  readonly #requests = new PendingRequests(delayByTimer, REQUEST_TIMEOUT_MS);

  constructor(onMessage: (message: Message) => void) {
    window.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (isReply(event.data)) this.#requests.settle(event.data.request, resultOf(event.data));
      else if (this.#isMessage(event.data)) onMessage(event.data);
    });
  }

  /** Tells the editor that messages can be received now. */
  ready(): void {
    this.#api.postMessage({ type: 'ready' });
  }

  /** Says something that needs no answer. */
  tell(message: { type: string } & Record<string, unknown>): void {
    this.#api.postMessage(message);
  }

  request(body: Body): Promise<RequestResult> {
    const { request, settled } = this.#requests.open();
    this.#api.postMessage({ type: 'request', request, body });
    return settled;
  }

  savedState(): unknown {
    return this.#api.getState();
  }

  saveState(state: unknown): void {
    this.#api.setState(state);
  }

  /** The sender is this extension's own host, of the same version: only strangers' messages are kept out. */
  #isMessage(data: unknown): data is Message {
    return hasType(data);
  }
}

function delayByTimer(ms: number, task: () => void): () => void {
  const timer = setTimeout(task, ms);
  return () => {
    clearTimeout(timer);
  };
}

function isReply(data: unknown): data is Reply {
  return hasType(data) && data.type === 'reply' && 'request' in data && 'ok' in data;
}

function hasType(data: unknown): data is { type: string } {
  return (
    typeof data === 'object' && data !== null && 'type' in data && typeof data.type === 'string'
  );
}

function resultOf(reply: Reply): RequestResult {
  if (reply.ok) return { ok: true };
  return {
    ok: false,
    message: reply.message ?? 'The editor could not do this and gave no reason.',
  };
}
