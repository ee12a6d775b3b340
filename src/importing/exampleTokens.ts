import { join } from 'node:path';
import { localFolder, type Study } from '../study/study.ts';
import { KnownCounts } from '../tokenizers/knownCounts.ts';
import { TextCounts, type CountingThreads } from '../tokenizers/textCounts.ts';
import type { TokenCounter } from '../tokenizers/tokenCounter.ts';
import type { SourceExample } from './formats/example.ts';
import { contextOf } from './importedQuestion.ts';

/** Tokens of the prompts and answers of examples, each text counted once and remembered from run to run. */
export class ExampleTokens {
  readonly #known: KnownCounts;
  readonly #counts: TextCounts;

  private constructor(known: KnownCounts, counts: TextCounts) {
    this.#known = known;
    this.#counts = counts;
  }

  static async open(
    study: Study,
    counter: TokenCounter,
    threads: CountingThreads | undefined,
  ): Promise<ExampleTokens> {
    const folder = join(await localFolder(study), 'token-counts');
    const known = await KnownCounts.open(folder, counter.id);
    return new ExampleTokens(known, new TextCounts(counter, known, threads));
  }

  async of(example: SourceExample): Promise<{ prompt: number; chosen: number }> {
    const [one] = await this.ofAll([example]);
    return one ?? { prompt: 0, chosen: 0 };
  }

  async ofAll(examples: readonly SourceExample[]): Promise<{ prompt: number; chosen: number }[]> {
    const texts = examples.flatMap(({ prompt, chosen }) => [
      contextOf(prompt).context,
      chosen.text,
    ]);
    const counts = await this.count(texts);
    return examples.map((_, index) => ({
      prompt: counts[2 * index] ?? 0,
      chosen: counts[2 * index + 1] ?? 0,
    }));
  }

  async count(texts: readonly string[]): Promise<number[]> {
    const counts = await this.#counts.count(texts);
    await this.#known.flush();
    return counts;
  }

  async close(): Promise<void> {
    await this.#counts.close();
    await this.#known.close();
  }
}
