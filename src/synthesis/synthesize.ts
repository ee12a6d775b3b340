import { SealongError } from '../errors.ts';
import { RANDOM_ALGORITHM } from '../random.ts';
import { EventQueue, type Stage, type StageEvent } from '../stage.ts';
import { parameterHash } from '../study/canonicalHash.ts';
import { lockStage } from '../study/lock.ts';
import type { Study } from '../study/study.ts';
import type { TokenCounter } from '../tokenizers/tokenCounter.ts';
import { AnswersFile } from './answersFile.ts';
import { candidates, chooseFormat } from './candidates.ts';
import type { DatasetFormat, FormatName } from './formats/format.ts';
import { LeftOutCount } from './leftOut.ts';
import { QuestionsFile } from './questionsFile.ts';
import { openSource } from './sourceFile.ts';

/** Version of how contexts are made; part of the hash, since another version makes others from the same source. */
const CONTEXT_VERSION = 1;

export interface SynthesisSummary {
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
 * `questions.count` questions in the order of the source, each with its documents shuffled into a context (paper,
 * section 4.1). The same source and parameters give the same bytes; a raised count adds to what is there. Interrupted,
 * it keeps what it made, and the next run goes on from there.
 *
 * @throws SealongError `busy`; `missing_file`, `not_a_file`, `empty_file`, `wrong_encoding`, `unknown_format`,
 *   `file_truncated`, `bad_json` of the source; `bad_row`, `bad_id`, `duplicate_id` where strict; `nothing_usable`;
 *   `would_orphan`; whatever the counter throws. The study is then as it was.
 */
export async function* synthesize(
  study: Study,
  source: SynthesisSource,
  ports: { counter: TokenCounter },
  options: SynthesisOptions,
): Stage<SynthesisSummary> {
  const events = new EventQueue<StageEvent<SynthesisSummary>>();
  const left = new AbortController();
  const signal = AbortSignal.any([options.signal, left.signal]);
  const work = run(study, source, ports.counter, { ...options, signal }, (event) => {
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
  { path, format: name }: SynthesisSource,
  counter: TokenCounter,
  options: SynthesisOptions,
  report: (event: StageEvent<SynthesisSummary>) => void,
): Promise<SynthesisSummary> {
  const release = await lockStage(study, 'synthesize');
  try {
    options.signal.throwIfAborted();
    const source = await openSource(path);
    const format = await chooseFormat(source, name);
    const {
      seed,
      min_context_tokens: min,
      max_context_tokens: max,
      count,
    } = study.config.questions;
    const synthesis = parameterHash({
      version: CONTEXT_VERSION,
      tokenizer: counter.id,
      seed,
      min,
      max,
    });
    const warn = (message: string): void => {
      report({ type: 'warning', message });
    };
    const total = Math.min(count, await source.count(count));
    const leftOut = new LeftOutCount(warn);
    const answers = new AnswersFile(study.dir);
    const made = (done: number): void => {
      report({ type: 'progress', done, total: Math.max(done, total), unit: 'questions' });
    };
    const file = new QuestionsFile(
      study,
      { counter, answers, leftOut, warn, made },
      { synthesis, replace: options.replace ?? false, signal: options.signal },
    );
    const rows = candidates(source, format, leftOut, {
      strict: options.strict ?? false,
      signal: options.signal,
      warn,
    });
    await file.write(rows, () => nothingUsable(path, format, leftOut, max));
    const { questions, added, documents, underMin } = file.counts;
    const { tokens } = file;
    const left_out = leftOut.finish();
    if (underMin > 0)
      warn(
        `${underMin} of ${questions} contexts are shorter than questions.min_context_tokens (${min}); they were kept as they are.`,
      );
    if (questions < count) warn(`${path} gave ${questions} of the ${count} questions asked for.`);
    report({ type: 'progress', done: questions, total: questions, unit: 'questions' });
    return {
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
      format: format.name,
      tokenizer: counter.id,
      seed,
      random: RANDOM_ALGORITHM,
      synthesis,
    };
  } finally {
    await release();
  }
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
      : `Check that the file is in the format ${format.name}.`;
  return new SealongError(
    'nothing_usable',
    `${path}: no row could be used as ${format.name} (${list.join(', ')}). ${leftOut.first ? `The first: ${leftOut.first} ` : ''}${remedy} Nothing was written.`,
  );
}
