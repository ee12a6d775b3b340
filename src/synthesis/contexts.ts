import { join } from 'node:path';
import { SealongError } from '../errors.ts';
import { localFolder, type Study } from '../study/study.ts';
import { KnownCounts } from '../tokenizers/knownCounts.ts';
import { TextCounts, type CountingThreads } from '../tokenizers/textCounts.ts';
import type { TokenCounter } from '../tokenizers/tokenCounter.ts';
import type { Candidate } from './candidates.ts';
import type { Collection } from './collection/collection.ts';
import { openCollection, type CollectionPorts } from './collection/openCollection.ts';
import { ContextTokens } from './contextTokens.ts';
import { inAdvance, ownDocuments, type Draft } from './draft.ts';
import { Growth } from './growth.ts';

/** Version of how contexts are grown; part of the hash where they are. */
const GROWTH_VERSION = 1;
/** Contexts under way at once, so that threads count for one while another is written. */
const UNDER_WAY = 6;

export interface ContextSources {
  /** A collection of unrelated documents: a file or a folder. */
  distractors?: string;
  /** A collection of articles, to take the place of paragraphs. */
  articles?: string;
}

export interface ContextPorts extends CollectionPorts {
  counter: TokenCounter;
  threads: CountingThreads | undefined;
}

/** What a summary says of a collection. */
export interface CollectionSummary {
  documents: number;
  left_out: number;
  digest: string;
}

/** What a summary says of how contexts were grown. */
export interface GrowthSummary {
  distractors: 'own' | 'collection' | 'both';
  too_long: 'drop' | 'keep';
  /** Whether gold answers kept unrelated documents out; they serve for nothing else. */
  exclude_answer_leaks: boolean;
  /** Each context was grown to a length drawn from this range. */
  target_tokens: { min: number; max: number };
  collection?: CollectionSummary;
  articles?: CollectionSummary;
}

/** How contexts are made in one run. */
export interface Contexts {
  /** What belongs into the hash of the parameters, besides those of every run. */
  parameters: object;
  summary: GrowthSummary | undefined;
  /** @param missing how many more questions are wanted. */
  drafts: (source: AsyncIterable<Candidate>, missing: () => number) => AsyncIterable<Draft>;
  /** Keeps what was counted and lets go of files and threads. */
  close: () => Promise<void>;
}

/**
 * Contexts of the question's own documents alone, all of them; or, where the study or the run names where unrelated
 * documents come from, contexts grown to a target length.
 *
 * @throws SealongError `usage`, `no_collection`, `no_articles` where study and run do not go together; as
 *   {@link openCollection}.
 */
export async function openContexts(
  study: Study,
  sources: ContextSources,
  strict: boolean,
  ports: ContextPorts,
): Promise<Contexts> {
  checkSources(study, sources);
  const { questions } = study.config;
  const isGrown =
    questions.distractors !== undefined ||
    questions.full_articles === true ||
    sources.distractors !== undefined;
  return isGrown ? grown(study, sources, strict, ports) : own(study, ports.counter);
}

function own(study: Study, counter: TokenCounter): Contexts {
  const {
    seed,
    max_context_tokens: max,
    too_long,
    exclude_answer_leaks = false,
  } = study.config.questions;
  const options = {
    seed,
    max,
    keepTooLong: too_long === 'keep',
    excludeLeaks: exclude_answer_leaks,
  };
  return {
    parameters: {
      ...(too_long === 'keep' ? { too_long } : {}),
      ...(exclude_answer_leaks ? { exclude_answer_leaks } : {}),
    },
    summary: undefined,
    drafts: async function* (source) {
      for await (const candidate of source) yield ownDocuments(candidate, counter, options);
    },
    close: () => Promise.resolve(),
  };
}

async function grown(
  study: Study,
  sources: ContextSources,
  strict: boolean,
  ports: ContextPorts,
): Promise<Contexts> {
  const { questions } = study.config;
  const {
    too_long = 'drop',
    exclude_answer_leaks = false,
    full_articles: areArticles = false,
  } = questions;
  const distractors = questions.distractors ?? (sources.distractors === undefined ? 'own' : 'both');
  const opened: Collection[] = [];
  const opening = async (path: string | undefined) => {
    if (path === undefined) return undefined;
    const collection = await openCollection(study, path, { strict, areArticles }, ports);
    opened.push(collection);
    return collection;
  };
  const closing = () => {
    for (const each of opened) each.close();
  };
  try {
    const collection = await opening(sources.distractors);
    const articles = await opening(sources.articles);
    const folder = join(await localFolder(study), 'token-counts');
    const known = await KnownCounts.open(folder, ports.counter.id);
    const texts = new TextCounts(ports.counter, known, ports.threads);
    const growth = new Growth(new ContextTokens(ports.counter, texts), {
      seed: questions.seed,
      min: questions.min_context_tokens,
      max: questions.max_context_tokens,
      keepTooLong: too_long === 'keep',
      excludeLeaks: exclude_answer_leaks,
      own: distractors !== 'collection',
      collection,
      articles,
    });
    const summary: GrowthSummary = {
      distractors,
      too_long,
      exclude_answer_leaks,
      target_tokens: { min: questions.min_context_tokens, max: questions.max_context_tokens },
      ...(collection ? { collection: summaryOf(collection) } : {}),
      ...(articles ? { articles: summaryOf(articles) } : {}),
    };
    return {
      parameters: {
        growth: {
          version: GROWTH_VERSION,
          distractors,
          too_long,
          exclude_answer_leaks,
          collection: collection?.digest,
          articles: articles?.digest,
        },
      },
      summary,
      drafts: async function* (source, missing) {
        const drafted = map(source, (candidate) => growth.draft(candidate));
        const depth = () => Math.min(UNDER_WAY, missing());
        for await (const draft of inAdvance(drafted, depth)) {
          yield draft;
          await known.flush();
        }
      },
      close: async () => {
        closing();
        await texts.close();
        await known.close();
      },
    };
  } catch (error) {
    closing();
    throw error;
  }
}

function checkSources(study: Study, { distractors, articles }: ContextSources): void {
  const { questions } = study.config;
  if (distractors !== undefined && questions.distractors === 'own')
    throw new SealongError(
      'usage',
      `questions.distractors is "own", but a collection is named (${distractors}). Set it to "collection" or "both", or name none.`,
    );
  if (distractors === undefined && (questions.distractors ?? 'own') !== 'own')
    throw new SealongError(
      'no_collection',
      `questions.distractors is "${questions.distractors ?? ''}", but no collection is named. Name one with --distractors FILE, or set it to "own".`,
    );
  if (articles === undefined && questions.full_articles === true)
    throw new SealongError(
      'no_articles',
      'questions.full_articles is on, but no articles are named. Name them with --articles FILE, or turn it off.',
    );
  if (articles !== undefined && questions.full_articles !== true)
    throw new SealongError(
      'usage',
      `Articles are named (${articles}), but questions.full_articles is off. Turn it on in sealong.json, or name none.`,
    );
}

function summaryOf({ size, leftOut, digest }: Collection): CollectionSummary {
  return { documents: size, left_out: leftOut, digest };
}

async function* map<A, B>(
  source: AsyncIterable<A>,
  change: (item: A) => B,
): AsyncGenerator<B, void, undefined> {
  for await (const item of source) yield change(item);
}
