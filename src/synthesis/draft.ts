import type { TokenCounter } from '../tokenizers/tokenCounter.ts';
import { leakFilter } from './answerLeaks.ts';
import type { Candidate } from './candidates.ts';
import { buildContext, orderDocuments, type DocumentSpan } from './context.ts';
import type { LeftOutReason } from './leftOut.ts';

/** A context whose tokens are known from an earlier run. */
export interface KnownContext {
  context: string;
  tokens: number;
}

export interface FinishedContext {
  context: string;
  documents: DocumentSpan[];
  tokens: number;
  /** The length that it was grown to, where it was. */
  target?: number;
  /** The related documents alone are longer than the target. */
  overTarget: boolean;
  /** It was to be grown, and there were not enough documents. */
  isUnfilled: boolean;
}

export interface LeftOutContext {
  leftOut: LeftOutReason;
  message: string;
}

/** A question on its way into the file: its context is made when its turn comes. */
export interface Draft {
  id: string;
  question: string;
  answers: readonly string[];
  /**
   * Makes the context.
   *
   * @param known the one that stands at this place in the file, if any: the same text is not counted again.
   */
  finish: (known: KnownContext | undefined) => Promise<FinishedContext | LeftOutContext>;
}

export interface OwnDocumentsOptions {
  seed: number;
  max: number;
  keepTooLong: boolean;
  /** Leave out unrelated documents that hold an answer. */
  excludeLeaks: boolean;
}

/** A question with all documents that it comes with, whatever their length up to the maximum. */
export function ownDocuments(
  { id, question, answers, documents }: Candidate,
  counter: TokenCounter,
  { seed, max, keepTooLong, excludeLeaks }: OwnDocumentsOptions,
): Draft {
  const leaks = excludeLeaks ? leakFilter(answers) : () => false;
  const finish: Draft['finish'] = async (known) => {
    const allowed = documents.filter((document) => document.related || !leaks(document));
    const built = buildContext(orderDocuments(allowed, seed, id));
    const tokens =
      known?.context === built.context ? known.tokens : await counter.count(built.context);
    if (tokens > max && !keepTooLong) return overMaximum(id, tokens);
    return { ...built, tokens, overTarget: tokens > max, isUnfilled: false };
  };
  return { id, question, answers, finish };
}

export function overMaximum(id: string, tokens: number): LeftOutContext {
  return {
    leftOut: 'over_max_context_tokens',
    message: `The context of "${id}" has ${tokens} tokens.`,
  };
}

/**
 * Takes items from a source a little earlier than they are asked for, so that what making one begins runs while the ones
 * before are written. What the source throws comes after the items before it.
 *
 * @param depth how many items at most are taken and not yet given; at least one is.
 */
export async function* inAdvance<T>(
  source: AsyncIterable<T>,
  depth: () => number,
): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  const taken: T[] = [];
  let end: { error?: unknown } | undefined;
  try {
    for (;;) {
      while (!end && taken.length < Math.max(1, depth())) {
        try {
          const next = await iterator.next();
          if (next.done === true) end = {};
          else taken.push(next.value);
        } catch (error) {
          end = { error };
        }
      }
      const [first] = taken.splice(0, 1);
      if (first !== undefined) yield first;
      else if (end && 'error' in end) throw end.error;
      else return;
    }
  } finally {
    await iterator.return?.();
  }
}
