import { basename } from 'node:path';
import { SealongError } from '../errors.ts';
import { RANDOM_ALGORITHM } from '../random.ts';
import { EventQueue, type Stage, type StageEvent } from '../stage.ts';
import { parameterHash } from '../study/canonicalHash.ts';
import { lockStage } from '../study/lock.ts';
import type { Study } from '../study/study.ts';
import type { CountingThreads } from '../tokenizers/textCounts.ts';
import type { TokenCounter } from '../tokenizers/tokenCounter.ts';
import { AnswersFile } from './answersFile.ts';
import { candidates } from './candidates.ts';
import { chooseFormat } from './chooseFormat.ts';
import type { DatasetFormat, FormatName } from './formats/format.ts';
import { FORMATS } from './formats/table.ts';
import { openContexts, type Contexts, type GrowthSummary } from './contexts.ts';
import { LeftOutCount } from './leftOut.ts';
import { writeManifest } from './manifest.ts';
import { QuestionsFile } from './questionsFile.ts';
import { openSource, type SourceFile } from './sourceFile.ts';
import { selfSupervision, type DatasetStatistics } from './statistics.ts';

/** Version of how contexts are made; part of the hash, since another version makes others from the same source. */
const CONTEXT_VERSION = 1;

export interface SynthesisSummary {
  stage: 'synthesize';
  /** Questions that the study has now, and how many of them are new. */
  questions: number;
  added: number;
  /** Rows that became no question, by reason. */
  left_out: Record<string, number>;
  /** Over all questions of the study; the mean to one decimal. */
  context_tokens: { min: number; mean: number; max: number };
  /** Questions kept although their context is shorter than the study asks for. */
  under_min_context_tokens: number;
  documents: number;
  statistics: DatasetStatistics;
  /**
   * Where contexts were grown to a target length: from what, how many have related documents longer than it, and for how
   * many there were not enough others.
   */
  growth?: GrowthSummary & { over_target: number; unfilled: number };
  /** The name of its file. */
  source: string;
  format: FormatName;
  tokenizer: string;
  seed: number;
  random: string;
  synthesis: string;
}

export interface SynthesisSource {
  path: string;
  /** Recognised from the first rows where absent. */
  format?: string;
  /** A collection of unrelated documents to grow contexts with: a file or a folder. */
  distractors?: string;
  /** A collection of articles to take the place of paragraphs, for `questions.full_articles`. */
  articles?: string;
}

export interface SynthesisPorts {
  counter: TokenCounter;
  /** Threads to count in where there is much to count; without, it is done on this one. */
  threads?: CountingThreads;
}

export interface SynthesisOptions {
  /** Stop at the first row with a fault instead of leaving it out. */
  strict?: boolean;
  /** Replace questions that have samples; a copy of the old file is kept. */
  replace?: boolean;
  signal: AbortSignal;
}

/**
 * Makes `questions.jsonl` (and `answers.jsonl`, where the source has answers) from a dataset's file: at most
 * `questions.count` questions in the order of the source, each with its documents shuffled into a context, grown to a
 * length of its own by unrelated ones where the study or the source says from where (paper, section 4.1). The same source
 * and parameters give the same bytes; a raised count adds to what is there. Interrupted, it keeps what it made, and the
 * next run goes on from there. `synthesis.json` beside them is the summary of the last run that came to its end.
 *
 * @throws SealongError `busy`; `missing_file`, `not_a_file`, `empty_file`, `wrong_encoding`, `unknown_format`,
 *   `file_truncated`, `bad_json` of the source; `bad_row`, `bad_id`, `duplicate_id` where strict; `nothing_usable`;
 *   `would_orphan`; whatever the counter throws. The study is then as it was.
 */
export async function* synthesize(
  study: Study,
  source: SynthesisSource,
  ports: SynthesisPorts,
  options: SynthesisOptions,
): Stage<SynthesisSummary> {
  const events = new EventQueue<StageEvent<SynthesisSummary>>();
  const left = new AbortController();
  const signal = AbortSignal.any([options.signal, left.signal]);
  const work = run(study, source, ports, { ...options, signal }, (event) => {
    events.push(event);
  }).finally(() => {
    events.end();
  });
  // Awaited below; a failure before that is not unhandled.
  work.catch(() => undefined);
  try {
    yield* events.drain();
    yield { type: 'done', summary: await work };
  } finally {
    left.abort();
    await work.catch(() => undefined);
  }
}

async function run(
  study: Study,
  source: SynthesisSource,
  ports: SynthesisPorts,
  options: SynthesisOptions,
  report: (event: StageEvent<SynthesisSummary>) => void,
): Promise<SynthesisSummary> {
  const release = await lockStage(study, 'synthesize');
  let contexts: Contexts | undefined;
  try {
    const { signal, strict = false } = options;
    signal.throwIfAborted();
    const file = await openSource(source.path);
    const format = await chooseFormat(file, FORMATS, source.format);
    const warn = (message: string): void => {
      report({ type: 'warning', message });
    };
    contexts = await openContexts(study, source, strict, {
      counter: ports.counter,
      threads: ports.threads,
      signal,
      warn,
      progress: (done, total) => {
        report({ type: 'progress', done, total, unit: 'bytes' });
      },
    });
    return await make(study, { file, format, contexts }, ports.counter, options, report);
  } finally {
    await contexts?.close();
    await release();
  }
}

async function make(
  study: Study,
  {
    file: source,
    format,
    contexts,
  }: { file: SourceFile; format: DatasetFormat; contexts: Contexts },
  counter: TokenCounter,
  options: SynthesisOptions,
  report: (event: StageEvent<SynthesisSummary>) => void,
): Promise<SynthesisSummary> {
  const { path } = source;
  const { seed, min_context_tokens: min, max_context_tokens: max, count } = study.config.questions;
  const synthesis = parameterHash({
    version: CONTEXT_VERSION,
    tokenizer: counter.id,
    seed,
    min,
    max,
    ...contexts.parameters,
  });
  const warn = (message: string): void => {
    report({ type: 'warning', message });
  };
  const total = Math.min(count, await source.count(count));
  const leftOut = new LeftOutCount(warn);
  const made = (done: number): void => {
    report({ type: 'progress', done, total: Math.max(done, total), unit: 'questions' });
  };
  const file = new QuestionsFile(
    study,
    { answers: new AnswersFile(study.dir), leftOut, warn, made },
    { synthesis, replace: options.replace ?? false, signal: options.signal },
  );
  const rows = candidates(source, format, leftOut, {
    strict: options.strict ?? false,
    signal: options.signal,
    warn,
  });
  const drafts = contexts.drafts(rows, () => count - file.counts.questions);
  await file.write(drafts, () => nothingUsable(path, format, leftOut, max));
  const { questions, added, documents, underMin, overTarget, unfilled } = file.counts;
  const { tokens } = file;
  const left_out = leftOut.finish();
  if (unfilled > 0)
    warn(
      `${unfilled} of ${questions} contexts are shorter than their targets: there were not enough unrelated documents. Name a larger collection.`,
    );
  if (underMin > 0 && !contexts.summary)
    warn(
      `${underMin} of ${questions} contexts are shorter than questions.min_context_tokens (${min}); they were kept as they are.`,
    );
  if (questions < count) warn(`${path} gave ${questions} of the ${count} questions asked for.`);
  report({ type: 'progress', done: questions, total: questions, unit: 'questions' });
  const summary: SynthesisSummary = {
    stage: 'synthesize',
    questions,
    added,
    left_out,
    context_tokens: {
      min: tokens.min,
      mean: Math.round((tokens.sum / questions) * 10) / 10,
      max: tokens.max,
    },
    under_min_context_tokens: underMin,
    documents,
    statistics: file.statistics.finish(selfSupervision(study)),
    ...(contexts.summary
      ? { growth: { ...contexts.summary, over_target: overTarget, unfilled } }
      : {}),
    source: basename(path),
    format: format.name,
    tokenizer: counter.id,
    seed,
    random: RANDOM_ALGORITHM,
    synthesis,
  };
  // What a run added is not told: the same inputs give the same file.
  await writeManifest(study, { ...summary, added: undefined });
  return summary;
}

function nothingUsable(
  path: string,
  format: DatasetFormat,
  leftOut: LeftOutCount,
  max: number,
): SealongError {
  const counts = leftOut.finish();
  const list = Object.entries(counts).map(([reason, rows]) => `${rows} ${reason}`);
  const remedy =
    'over_max_context_tokens' in counts
      ? `Raise questions.max_context_tokens (${max}), or name another file.`
      : 'no_article' in counts
        ? 'Check that the collection of articles holds those of its titles.'
        : `Check that the file is in the format ${format.name}.`;
  return new SealongError(
    'nothing_usable',
    `${path}: no row could be used as ${format.name} (${list.join(', ')}). ${leftOut.first ? `The first: ${leftOut.first} ` : ''}${remedy} Nothing was written.`,
  );
}
