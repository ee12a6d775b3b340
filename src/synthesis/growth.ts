import { seededRandom, shuffled } from '../random.ts';
import { leakFilter } from './answerLeaks.ts';
import type { Candidate } from './candidates.ts';
import type { Collection } from './collection/collection.ts';
import { buildContext, orderDocuments } from './context.ts';
import type { ContextTokens } from './contextTokens.ts';
import { drawWithoutReplacement, targetOf } from './draw.ts';
import { overMaximum, type Draft, type LeftOutContext } from './draft.ts';
import { poolDocument, type PoolDocument } from './poolDocument.ts';

export interface GrowthOptions {
  seed: number;
  min: number;
  max: number;
  keepTooLong: boolean;
  excludeLeaks: boolean;
  /** Whether the question's own unrelated documents are candidates; they come before those of the collection. */
  own: boolean;
  collection: Collection | undefined;
  /** Where to take the article of each title from, where paragraphs are to be replaced. */
  articles: Collection | undefined;
}

/** What a context is made of; the last of `unrelated` go first if it turns out too long. */
interface Plan {
  related: PoolDocument[];
  unrelated: PoolDocument[];
  target: number;
  overTarget: boolean;
  /** All there was did not reach the target. */
  isUnfilled: boolean;
}

/** A collection gives up filling a context once so many documents in a row did not fit. */
const MOST_MISFITS = 16;
/** So many documents in a row that may not stand in a context end its filling: nearly every document holds the answer. */
const MOST_BARRED = 10_000;
/** Documents drawn beyond what seems needed, so that their tokens are counted together. */
const DRAWN_MORE = 8;

/**
 * Grows contexts to their target length: the related documents always, then unrelated ones at random without replacement
 * while they still fit (paper, section 4.1), all shuffled. Each question draws from a generator of its own.
 */
export class Growth {
  readonly #tokens: ContextTokens;
  readonly #options: GrowthOptions;
  /** Running mean over what was drawn, to guess how many documents a context takes. Steers batches, not results. */
  #drawn = { documents: 1, tokens: 128 };

  constructor(tokens: ContextTokens, options: GrowthOptions) {
    this.#tokens = tokens;
    this.#options = options;
  }

  /** Begins to make a question's context at once. */
  draft(candidate: Candidate): Draft {
    const { id, question, answers } = candidate;
    const plan = this.#plan(candidate);
    // Told to whoever finishes it.
    plan.catch(() => undefined);
    const finish: Draft['finish'] = async (known) => {
      const made = await plan;
      if ('leftOut' in made) return made;
      const unrelated = [...made.unrelated];
      for (;;) {
        const documents = orderDocuments([...made.related, ...unrelated], this.#options.seed, id);
        const built = buildContext(documents);
        const tokens =
          known?.context === built.context
            ? known.tokens
            : await this.#tokens.ofContext(documents, built.context);
        if (tokens <= made.target || unrelated.length === 0)
          return {
            ...built,
            tokens,
            target: made.target,
            overTarget: made.overTarget,
            isUnfilled: made.isUnfilled,
          };
        unrelated.pop();
      }
    };
    return { id, question, answers, finish };
  }

  async #plan(candidate: Candidate): Promise<Plan | LeftOutContext> {
    const { seed, min, max, keepTooLong, excludeLeaks, collection } = this.#options;
    const { id } = candidate;
    const target = targetOf(id, { seed, min, max });
    const documents = this.#documentsOf(candidate);
    if ('leftOut' in documents) return documents;
    const { related, own } = documents;
    await this.#tokens.countDocuments([...related, ...own]);
    const alone = orderDocuments(related, seed, id);
    const tokensAlone = await this.#tokens.ofContext(alone, buildContext(alone).context);
    if (tokensAlone > max && !keepTooLong) return overMaximum(id, tokensAlone);
    if (tokensAlone > target)
      return { related, unrelated: [], target, overTarget: true, isUnfilled: false };

    const filling = new Filling(this.#tokens, related, target);
    await filling.begin();
    const leaks = excludeLeaks ? leakFilter(candidate.answers) : () => false;
    const random = seededRandom(seed, 'distractors', id);
    const isBarred = (document: PoolDocument) => filling.isRelated(document) || leaks(document);
    for (const document of shuffled(own, random))
      if (!isBarred(document)) await filling.offer(document);
    if (collection) {
      const numbers = drawWithoutReplacement(collection.size, random);
      await this.#fill(filling, collection, isBarred, numbers);
    }
    const { unrelated, isFull } = filling;
    return { related, unrelated, target, overTarget: false, isUnfilled: !isFull };
  }

  async #fill(
    filling: Filling,
    collection: Collection,
    isBarred: (document: PoolDocument) => boolean,
    numbers: Generator<number, void, undefined>,
  ): Promise<void> {
    let misfits = 0;
    let barred = 0;
    let isExhausted = false;
    while (!isExhausted) {
      const mean = this.#drawn.tokens / this.#drawn.documents;
      const wanted = Math.ceil(filling.room / mean) + DRAWN_MORE;
      const batch: PoolDocument[] = [];
      while (batch.length < wanted && !isExhausted) {
        const { value, done } = numbers.next();
        const document = done === true ? undefined : collection.read(value);
        if (document && !isBarred(document)) {
          batch.push(document);
          barred = 0;
        } else isExhausted = !document || ++barred === MOST_BARRED;
      }
      await this.#tokens.countDocuments(batch);
      for (const document of batch) {
        this.#drawn.documents += 1;
        this.#drawn.tokens += document.tokens ?? 0;
        const isTaken = await filling.offer(document);
        if (isTaken === undefined) continue;
        misfits = isTaken ? 0 : misfits + 1;
        if (misfits === MOST_MISFITS) return;
      }
    }
  }

  #documentsOf({
    id,
    documents,
  }: Candidate): { related: PoolDocument[]; own: PoolDocument[] } | LeftOutContext {
    const { articles, own } = this.#options;
    const pooled = documents.map(poolDocument);
    const ofKind = (related: boolean) =>
      pooled.filter((document) => document.related === related && (related || own));
    if (!articles) return { related: ofKind(true), own: ofKind(false) };
    const related = new Map<string, PoolDocument>();
    for (const { title } of ofKind(true)) {
      const article = articles.find(title);
      if (!article)
        return {
          leftOut: 'no_article',
          message: `"${id}": the articles have none titled "${title}".`,
        };
      related.set(article.normalizedTitle, { ...article, related: true });
    }
    const unrelated = new Map<string, PoolDocument>();
    for (const { title } of ofKind(false)) {
      const article = articles.find(title);
      if (article && !related.has(article.normalizedTitle))
        unrelated.set(article.normalizedTitle, article);
    }
    return { related: [...related.values()], own: [...unrelated.values()] };
  }
}

/** One context being filled. Its tokens are an estimate from above where counts do not add up exactly. */
class Filling {
  readonly unrelated: PoolDocument[] = [];
  /** There was a document that no longer fitted. */
  isFull = false;
  readonly #tokens: ContextTokens;
  readonly #related: readonly PoolDocument[];
  readonly #target: number;
  readonly #titles: ReadonlySet<string>;
  readonly #lines: ReadonlySet<string>;
  readonly #taken = new Set<string>();
  #filled = 0;

  constructor(tokens: ContextTokens, related: readonly PoolDocument[], target: number) {
    this.#tokens = tokens;
    this.#related = related;
    this.#target = target;
    this.#titles = new Set(
      related.map(({ normalizedTitle }) => normalizedTitle).filter((title) => title !== ''),
    );
    this.#lines = new Set(related.map(({ line }) => line));
  }

  async begin(): Promise<void> {
    for (const [index, { tokens }] of this.#related.entries())
      this.#filled += (await this.#tokens.heading(index + 1)) + (tokens ?? 0);
  }

  get room(): number {
    return Math.max(0, this.#target - this.#filled);
  }

  /** Whether it has the title or the text of a related document. */
  isRelated({ normalizedTitle, line }: PoolDocument): boolean {
    return this.#titles.has(normalizedTitle) || this.#lines.has(line);
  }

  /** Takes a counted document if it fits; undefined where its text stands in the context already. */
  async offer(document: PoolDocument): Promise<boolean | undefined> {
    if (this.#taken.has(document.line)) return undefined;
    const number = this.#related.length + this.unrelated.length + 1;
    const more = (await this.#tokens.heading(number)) + (document.tokens ?? 0);
    if (this.#filled + more > this.#target) {
      this.isFull = true;
      return false;
    }
    this.#filled += more;
    this.unrelated.push(document);
    this.#taken.add(document.line);
    return true;
  }
}
