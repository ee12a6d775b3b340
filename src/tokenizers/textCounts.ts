import { textKey, type KnownCounts } from './knownCounts.ts';
import type { TokenCounter } from './tokenCounter.ts';
import { TokenThreads } from './tokenThreads.ts';

/** Below so many characters of new text, starting threads takes longer than counting. */
const WORTH_THREADS = 1_500_000;
/** Characters in one request to a thread: large enough to be worth the copy, small enough to share out. */
const REQUEST_CHARACTERS = 64 * 1024;

export interface CountingThreads {
  /** The bundled worker, or its source where Node runs that. */
  entry: URL;
  size: number;
  /** Characters of new text from which on threads are started; {@link WORTH_THREADS} where absent. */
  fromCharacters?: number;
}

/** Counts texts by their content, each once: remembered from run to run, and in threads where there is much to count. */
export class TextCounts {
  readonly #counter: TokenCounter;
  readonly #known: KnownCounts;
  readonly #threads: CountingThreads | undefined;
  #started: TokenThreads | undefined;
  #characters = 0;
  /** Texts that a thread works on: another question may want the same. */
  readonly #underWay = new Map<string, Promise<number>>();

  constructor(counter: TokenCounter, known: KnownCounts, threads?: CountingThreads) {
    this.#counter = counter;
    this.#known = known;
    this.#threads = threads;
  }

  /** The number of tokens of each text, in their order. */
  async count(texts: readonly string[]): Promise<number[]> {
    const keys = texts.map(textKey);
    const missing = new Map<string, string>();
    for (const [index, text] of texts.entries()) {
      const key = keys[index] ?? '';
      if (this.#known.get(key) === undefined && !this.#underWay.has(key)) missing.set(key, text);
    }
    if (missing.size > 0) await this.#countMissing(missing);
    const counts: number[] = [];
    for (const key of keys)
      counts.push(this.#known.get(key) ?? (await this.#underWay.get(key)) ?? Number.NaN);
    return counts;
  }

  async close(): Promise<void> {
    await this.#started?.close();
  }

  async #countMissing(missing: ReadonlyMap<string, string>): Promise<void> {
    for (const text of missing.values()) this.#characters += text.length;
    const { file } = this.#counter;
    const { fromCharacters = WORTH_THREADS } = this.#threads ?? {};
    if (this.#threads && file !== undefined && this.#characters >= fromCharacters)
      this.#started ??= new TokenThreads(this.#threads.entry, file, this.#threads.size);
    const threads = this.#started;
    if (!threads) {
      for (const [key, text] of missing) this.#known.set(key, await this.#counter.count(text));
      return;
    }
    let batch: [string, string][] = [];
    let characters = 0;
    const send = () => {
      const sent = batch;
      batch = [];
      characters = 0;
      const counts = threads.count(sent.map(([, text]) => text));
      for (const [index, [key]] of sent.entries()) {
        const one = counts.then((all) => {
          const count = all[index] ?? 0;
          this.#known.set(key, count);
          return count;
        });
        const settled = one.finally(() => this.#underWay.delete(key));
        // Whoever asked for the text is told.
        settled.catch(() => undefined);
        this.#underWay.set(key, one);
      }
    };
    for (const [key, text] of missing) {
      batch.push([key, text]);
      characters += text.length;
      if (characters >= REQUEST_CHARACTERS) send();
    }
    if (batch.length > 0) send();
  }
}
