import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { Clock } from '../clock.ts';
import { SealongError, fileError } from '../errors.ts';
import { RANDOM_ALGORITHM } from '../random.ts';
import { encodeRecord } from '../records/jsonl.ts';
import { writeAtomic } from '../records/writeAtomic.ts';
import { reporting, type Report, type Stage } from '../stage.ts';
import { parameterHash } from '../study/canonicalHash.ts';
import { lockStage } from '../study/lock.ts';
import type { Study } from '../study/study.ts';
import { AnswersFile } from '../synthesis/answersFile.ts';
import { chooseFormat } from '../synthesis/chooseFormat.ts';
import { LeftOutCount } from '../synthesis/leftOut.ts';
import { writeManifest } from '../synthesis/manifest.ts';
import { hasTrajectories, keepCopy, wouldOrphan } from '../synthesis/previousQuestions.ts';
import { openSource } from '../synthesis/sourceFile.ts';
import { StatisticsCount, type DatasetStatistics } from '../synthesis/statistics.ts';
import type { CountingThreads } from '../tokenizers/textCounts.ts';
import type { TokenCounter } from '../tokenizers/tokenCounter.ts';
import { appendAnswers } from './appendAnswers.ts';
import type { ExampleFormatName } from './formats/example.ts';
import { EXAMPLE_FORMATS } from './formats/table.ts';
import { ExampleTokens } from './exampleTokens.ts';
import { importedQuestion } from './importedQuestion.ts';
import { pickExamples, pickedExamples, type Dataset } from './pickExamples.ts';
import type { Pick } from './pick.ts';
import { StoredQuestions } from './storedQuestions.ts';

/** Version of how examples are imported; part of the hashes that records carry. */
const IMPORT_VERSION = 1;

export interface ImportSource {
  path: string;
  /** Recognised from the first rows where absent. */
  format?: string;
  /** As the paper picked from this dataset where absent. */
  pick?: Pick;
  /** `questions.count` of the study where absent. */
  count?: number;
  /** Who the answers are from, for the statistics; known of the paper's datasets. */
  supervision?: string;
}

export interface ImportSummary {
  stage: 'import';
  /** Examples that the study has now, how many of them are new, and answers that were added. */
  questions: number;
  added: number;
  answers_added: number;
  /** Rows of the file that could be used, and those that could not, by reason. */
  usable: number;
  left_out: Record<string, number>;
  statistics: DatasetStatistics;
  import: { kind: 'preference' | 'sft'; pick: Pick; supervision: string; sha256: string };
  source: string;
  format: ExampleFormatName;
  tokenizer: string;
  seed: number;
  random: string;
  /** Hash of the parameters of questions and of answers. */
  synthesis: string;
  sampling: string;
}

/**
 * Makes a dataset of preferences or of single answers a study (paper, Tables 5 and 6): picks examples, writes their prompts
 * as questions, and adds their answers to the trajectories, with the side that the dataset puts each on. The same file and
 * parameters give the same questions; a raised count adds to those that are there.
 *
 * @throws SealongError as `synthesize` does of its source; `nothing_usable`, `would_orphan`, `busy`, `usage`.
 */
export async function* importDataset(
  study: Study,
  source: ImportSource,
  ports: { counter: TokenCounter; threads?: CountingThreads; clock: Clock },
  options: { strict?: boolean; replace?: boolean; signal: AbortSignal },
): Stage<ImportSummary> {
  const releases = [await lockStage(study, 'synthesize')];
  try {
    releases.push(await lockStage(study, 'sample'));
    const tokens = await ExampleTokens.open(study, ports.counter, ports.threads);
    try {
      const summary = yield* reporting((report) =>
        run(study, source, { ...ports, tokens }, options, report),
      );
      yield { type: 'done', summary };
    } finally {
      await tokens.close();
    }
  } finally {
    for (const release of releases) await release();
  }
}

async function run(
  study: Study,
  source: ImportSource,
  ports: { counter: TokenCounter; clock: Clock; tokens: ExampleTokens },
  options: { strict?: boolean; replace?: boolean; signal: AbortSignal },
  report: Report,
): Promise<ImportSummary> {
  const { signal, strict = false, replace = false } = options;
  const { seed } = study.config.questions;
  const file = await openSource(source.path);
  const format = await chooseFormat(file, EXAMPLE_FORMATS, source.format);
  const sha256 = await sha256Of(source.path, signal);
  const dataset: Dataset = { file, format, seed, strict, signal, report };
  const leftOut = new LeftOutCount((message) => {
    report({ type: 'warning', message });
  });
  const { pick = format.pick, count = study.config.questions.count } = source;
  const { ids, usable } = await pickExamples(dataset, leftOut, { pick, count }, ports.tokens);
  const left_out = leftOut.finish();
  if (ids.size === 0) throw nothingUsable(source.path, format.name, left_out, leftOut.first);

  const version = { version: IMPORT_VERSION, import: format.name, source: sha256 };
  const sampling = parameterHash({ ...version, seed });
  const synthesis = parameterHash({ ...version, tokenizer: ports.counter.id });
  const stored = await StoredQuestions.open(study.paths.questions);
  const statistics = new StatisticsCount();
  let [questions, added] = [0, 0];
  const lines = async function* () {
    for await (const example of pickedExamples(dataset, ids)) {
      const { prompt, chosen } = await ports.tokens.of(example);
      const record = importedQuestion(example.id, example.prompt, prompt, synthesis);
      statistics.add({ tokens: prompt + chosen, documents: [] });
      questions += 1;
      if (!stored.take(record)) added += 1;
      yield encodeRecord(record);
      report({ type: 'progress', done: questions, total: ids.size, unit: 'questions' });
    }
    const difference = stored.difference();
    if (difference === undefined) return;
    if (!replace && (await hasTrajectories(study.paths)))
      throw wouldOrphan(study.paths, difference);
    const answers = new AnswersFile(study.dir);
    await answers.keepCopy(await keepCopy(study.paths.questions));
    await answers.write(true);
  };
  await writeAtomic(study.paths.questions, lines());
  const answers_added = await appendAnswers(study, dataset, ids, {
    ...ports,
    sampling,
  });
  const supervision = source.supervision ?? format.supervision ?? 'not known';
  const summary: ImportSummary = {
    stage: 'import',
    questions,
    added,
    answers_added,
    usable,
    left_out,
    statistics: statistics.finish(supervision),
    import: { kind: format.kind, pick, supervision, sha256 },
    source: basename(source.path),
    format: format.name,
    tokenizer: ports.counter.id,
    seed,
    random: RANDOM_ALGORITHM,
    synthesis,
    sampling,
  };
  // What a run added is not told: the same inputs give the same file.
  await writeManifest(study, { ...summary, added: undefined, answers_added: undefined });
  if (questions < count)
    report({
      type: 'warning',
      message: `${source.path} gave ${questions} of the ${count} examples asked for.`,
    });
  return summary;
}

async function sha256Of(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { signal }) as AsyncIterable<Buffer>)
      hash.update(chunk);
  } catch (error) {
    signal.throwIfAborted();
    throw fileError('read', path, error);
  }
  return hash.digest('hex');
}

function nothingUsable(
  path: string,
  format: string,
  leftOut: Record<string, number>,
  first: string | undefined,
): SealongError {
  const list = Object.entries(leftOut).map(([reason, rows]) => `${rows} ${reason}`);
  return new SealongError(
    'nothing_usable',
    `${path}: no row could be used as ${format} (${list.join(', ')}). ${first ? `The first: ${first} ` : ''}Check that the file is in the format ${format}. Nothing was written.`,
  );
}
