import type { PanelQuestion, PanelRequest } from '../../src/protocol/panel.ts';
import type { RequestResult } from '../requests.ts';

export interface NavigationPorts {
  question: () => PanelQuestion | null;
  show: (question: PanelQuestion) => void;
  request: (body: PanelRequest) => Promise<RequestResult>;
  failed: (message: string) => void;
  say: (sentence: string) => void;
}

/** Goes to the next and the previous question; the next one is on screen at once where it was sent in advance. */
export class Navigation {
  readonly #ports: NavigationPorts;
  /** The question after this one, where it is here already. */
  #next: PanelQuestion | undefined;
  /** The question that is shown while the editor has yet to follow. */
  #ahead: string | undefined;

  constructor(ports: NavigationPorts) {
    this.#ports = ports;
  }

  preload(question: PanelQuestion): void {
    this.#next = question;
  }

  /** Whether a question that the editor sent is still wanted: not where it was sent before the reviewer went on. */
  wants({ questionId }: PanelQuestion): boolean {
    return this.#ahead === undefined || questionId === this.#ahead;
  }

  go(by: 1 | -1): void {
    const from = this.#ports.question();
    if (from === null) return;
    const { at, of, view } = from.position;
    // In a view the editor knows whether there is another one now.
    if (view === null && at > 0 && (at + by < 1 || at + by > of)) {
      this.#ports.say(by > 0 ? 'This is the last question.' : 'This is the first question.');
      return;
    }
    const next = by > 0 ? this.#next : undefined;
    this.#next = undefined;
    if (next) {
      this.#ahead = next.questionId;
      this.#ports.show(next);
    }
    void this.#ports.request({ type: 'navigate', by }).then((result) => {
      if (this.#ahead === next?.questionId) this.#ahead = undefined;
      if (result.ok) return;
      if (next) this.#ports.show(from);
      this.#ports.failed(result.message);
    });
  }
}
