import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkSequence,
  type LlamaContext,
  type LlamaSequence,
  type LlamaWeights,
} from './llamaBinding.ts';

/**
 * Tokens evaluated at once. Small, because an evaluation cannot be interrupted: at 100 tokens/s a cancelled request
 * leaves the model within a second. What is kept of a prompt ends at a multiple of it, so that each position is
 * always computed in a batch of the same shape and the same request gives the same text whatever came before.
 */
export const CHUNK_TOKENS = 64;

/** Memory for keys and values, in tokens over all sequences (23 KB a token with the embedded model: 380 MB). */
const TOTAL_TOKENS = 16_384;
const MOST_SEQUENCES = 8;
const LEAST_TOKENS = TOTAL_TOKENS / MOST_SEQUENCES;

/** Several sequences of one context, decoded together in one batch, that begin with the same prompt. */
export class SequencePool {
  readonly tokensPerSequence: number;
  readonly #context: LlamaContext;
  readonly #sequences: readonly LlamaSequence[];

  private constructor(
    tokensPerSequence: number,
    context: LlamaContext,
    sequences: readonly LlamaSequence[],
  ) {
    this.tokensPerSequence = tokensPerSequence;
    this.#context = context;
    this.#sequences = sequences;
  }

  /** The size of sequences to make for a request of `tokens`: few long ones or many short ones. */
  static sizeFor(tokens: number, most: number): number {
    let size = LEAST_TOKENS;
    while (size < tokens) size *= 2;
    return Math.min(size, most);
  }

  static async create(
    weights: LlamaWeights,
    tokensPerSequence: number,
    runtimeFolder: string,
  ): Promise<SequencePool> {
    const count = Math.max(
      1,
      Math.min(MOST_SEQUENCES, Math.floor(TOTAL_TOKENS / tokensPerSequence)),
    );
    const context = await weights.createContext({
      contextSize: tokensPerSequence,
      sequences: count,
      batchSize: CHUNK_TOKENS,
    });
    // Taken once and kept: one taken right after another was given back fails ("No sequences left").
    const sequences = Array.from({ length: count }, () => context.getSequence());
    for (const sequence of sequences) checkSequence(sequence, runtimeFolder);
    return new SequencePool(tokensPerSequence, context, sequences);
  }

  /**
   * Makes `count` sequences (or as many as there are) hold exactly `tokens`, evaluating only what none of them knows.
   *
   * @returns the sequences and how many of the tokens were known. @throws the signal's reason between chunks.
   */
  async prepare(
    tokens: readonly number[],
    count: number,
    signal: AbortSignal,
  ): Promise<{ sequences: LlamaSequence[]; knownTokens: number }> {
    const [first, ...others] = this.#sequences.slice(0, count);
    if (!first) return { sequences: [], knownTokens: 0 };
    const knownTokens = await cutToCommon(first, tokens);
    for (let start = knownTokens; start < tokens.length; start += CHUNK_TOKENS) {
      signal.throwIfAborted();
      await first.evaluateWithoutGeneratingNewTokens(tokens.slice(start, start + CHUNK_TOKENS));
    }
    await this.#copyTo(others, first, tokens, signal);
    return { sequences: [first, ...others], knownTokens };
  }

  /** Forgets what a sequence generated after its first `length` tokens. */
  async rewind(sequence: LlamaSequence, length: number): Promise<void> {
    if (sequence.nextTokenIndex > length) {
      await sequence.eraseContextTokenRanges([{ start: length, end: sequence.nextTokenIndex }]);
    }
  }

  async dispose(): Promise<void> {
    await this.#context.dispose();
  }

  /** The library has no call to copy a sequence, but a state that was saved loads into another one, bit by bit. */
  async #copyTo(
    others: readonly LlamaSequence[],
    source: LlamaSequence,
    tokens: readonly number[],
    signal: AbortSignal,
  ): Promise<void> {
    const stale = [];
    for (const sequence of others) {
      if ((await cutToCommon(sequence, tokens)) < tokens.length) stale.push(sequence);
    }
    if (stale.length === 0) return;
    const folder = await mkdtemp(join(tmpdir(), 'sealong-state-'));
    try {
      const file = join(folder, 'prompt.bin');
      await source.saveStateToFile(file);
      for (const sequence of stale) {
        signal.throwIfAborted();
        await sequence.loadStateFromFile(file, { acceptRisk: true });
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** Cuts a sequence back to whole chunks of what it shares with `tokens`; returns how many tokens remain. */
async function cutToCommon(sequence: LlamaSequence, tokens: readonly number[]): Promise<number> {
  const known = sequence.contextTokens;
  let common = 0;
  while (common < tokens.length && common < known.length && tokens[common] === known[common])
    common++;
  const same = common === tokens.length && common === known.length;
  const kept = same ? common : common - (common % CHUNK_TOKENS);
  if (known.length > kept) {
    await sequence.eraseContextTokenRanges([{ start: kept, end: known.length }]);
  }
  return kept;
}
