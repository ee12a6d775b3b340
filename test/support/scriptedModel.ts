import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { choiceSeed } from '../../src/inference/choiceSeed.ts';
import { ChoiceText } from '../../src/inference/choiceText.ts';
import type {
  ChatMessage,
  GenerationEvent,
  GenerationRequest,
  LanguageModel,
} from '../../src/inference/languageModel.ts';
import { seededRandom, type Random } from '../../src/random.ts';

const WORDS = [
  'the',
  'harbour',
  'engineer',
  'said',
  'Ada',
  'Morven',
  'founded',
  'a',
  'café',
  '灯台',
  '🌊',
  'in',
];
const NAMES = ['Ada Morven', 'Thomas Wye', 'Jon Pell'];

export interface ScriptedModelOptions {
  id?: string;
  contextTokens?: number;
  /** Waited at every step, that is once for all choices. */
  delayMs?: number;
  /** Writes the answer itself, instead of some words drawn from the seed. */
  answer?: (messages: string, random: Random) => string;
}

/**
 * A language model without weights: short answers drawn from seed and prompt, a token a word. Same port, same rules
 * (the contract tests run on both), thousands of answers a second.
 */
export class ScriptedModel implements LanguageModel {
  readonly id: string;
  readonly contextTokens: number;
  /** Tokens of prompts computed so far, to see that a prompt was evaluated once. */
  computedTokens = 0;
  /** Steps done so far, to see that a cancelled generation does none. */
  steps = 0;
  readonly #delayMs: number;
  readonly #answer: (messages: string, random: Random) => string;
  readonly #words = new Map<number, string>();
  #known: readonly number[] = [];

  constructor(options: ScriptedModelOptions = {}) {
    this.id = options.id ?? 'scripted';
    this.contextTokens = options.contextTokens ?? 8192;
    this.#delayMs = options.delayMs ?? 0;
    this.#answer = options.answer ?? someWords;
  }

  tokenize(text: string): readonly number[] {
    return (text.match(/\s*\S+|\s+$/gu) ?? []).map((word) => {
      const token = createHash('sha256').update(word).digest().readUInt32LE();
      this.#words.set(token, word);
      return token;
    });
  }

  applyChatTemplate(messages: readonly ChatMessage[]): readonly number[] {
    const text = messages.map(({ role, content }) => `<${role}>\n${content}\n`).join('');
    return this.tokenize(`${text}<assistant>`);
  }

  async *generate(
    request: GenerationRequest,
    signal: AbortSignal,
  ): AsyncGenerator<GenerationEvent, void> {
    const { prompt } = request;
    const differs = prompt.findIndex((token, index) => token !== this.#known[index]);
    const cachedTokens = Math.min(differs < 0 ? prompt.length : differs, prompt.length - 1);
    const computedTokens = prompt.length - cachedTokens;
    this.#known = prompt;
    this.computedTokens += computedTokens;
    yield { type: 'prompt', cachedTokens, computedTokens };

    const text = prompt.map((token) => this.#words.get(token) ?? '').join('');
    const promptHash = createHash('sha256').update(text).digest('hex');
    let running = Array.from({ length: request.choices }, (_, choice) => {
      const seed = request.temperature === 0 ? 0 : choiceSeed(request.seed, choice);
      const answer = this.#answer(text, seededRandom(seed, promptHash));
      return {
        choice,
        words: this.tokenize(answer),
        count: 0,
        shown: new ChoiceText(request.stop),
      };
    });
    while (running.length > 0) {
      await (this.#delayMs > 0 ? delay(this.#delayMs) : undefined);
      signal.throwIfAborted();
      this.steps++;
      const still = [];
      for (const run of running) {
        const { choice, words, shown } = run;
        const token = words[run.count];
        if (token !== undefined) run.count++;
        let piece = shown.push(token === undefined ? '' : (this.#words.get(token) ?? ''));
        const ended = run.count >= words.length;
        const last = shown.stopped || ended || run.count >= request.maxTokens;
        if (last) piece += shown.end();
        if (piece !== '') yield { type: 'delta', choice, text: piece };
        if (last) {
          const finishReason = shown.stopped || ended ? 'stop' : 'length';
          yield { type: 'end', choice, finishReason, completionTokens: run.count };
        } else still.push(run);
      }
      running = still;
    }
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

function someWords(_: string, random: Random): string {
  const count = 12 + random.below(24);
  const words = Array.from({ length: count }, () => WORDS[random.below(WORDS.length)]);
  return `${words.join(' ')}. So the answer is ${NAMES[random.below(NAMES.length)] ?? 'unclear'}.`;
}
