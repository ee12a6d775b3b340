import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readAllRecords } from '../../../src/records/jsonl.ts';
import { questionSchema } from '../../../src/records/schemas.ts';
import { runStage } from '../../../src/stage.ts';
import { initStudy, type Study } from '../../../src/study/study.ts';
import {
  synthesize,
  type SynthesisOptions,
  type SynthesisPorts,
  type SynthesisSource,
  type SynthesisSummary,
} from '../../../src/synthesis/synthesize.ts';
import type { TokenCounter } from '../../../src/tokenizers/tokenCounter.ts';
import { withFolder } from '../../support/temporary.ts';

/** One token a word: what the stage does with numbers does not depend on where they come from. */
export const words: TokenCounter = {
  id: 'words',
  count: (text) => text.split(/\s+/).length,
};

interface Values extends Partial<
  Pick<
    Study['config']['questions'],
    'distractors' | 'too_long' | 'exclude_answer_leaks' | 'full_articles'
  >
> {
  max?: number;
  min?: number;
  count?: number;
  seed?: number;
}

interface Place {
  dir: string;
  /** A study whose questions may have 1 to `max` tokens. */
  study: (values?: Values) => Study;
  source: (content: string) => Promise<string>;
  read: (name: string) => Promise<string>;
}

export function withPlace(use: (place: Place) => Promise<void>): Promise<void> {
  return withFolder(async (folder) => {
    const dir = join(folder, 'study');
    const base = await initStudy(dir);
    const study: Place['study'] = ({
      max = 100,
      min = 1,
      count = 100,
      seed = 42,
      ...rest
    } = {}) => {
      const range = { min_context_tokens: min, max_context_tokens: max };
      const questions = { ...base.config.questions, ...range, count, seed, ...rest };
      return { ...base, config: { ...base.config, questions } };
    };
    let files = 0;
    const source = async (content: string) => {
      const path = join(folder, `source-${String(++files)}.jsonl`);
      await writeFile(path, content);
      return path;
    };
    await use({ dir, study, source, read: (name) => readFile(join(dir, name), 'utf8') });
  });
}

interface Run
  extends
    Omit<SynthesisOptions, 'signal'>,
    Pick<SynthesisPorts, 'threads'>,
    Omit<SynthesisSource, 'path' | 'format'> {
  signal?: AbortSignal;
  format?: string;
  counter?: TokenCounter;
}

export async function run(study: Study, path: string, options: Run = {}) {
  const { format, counter = words, signal = new AbortController().signal, ...others } = options;
  const { threads, distractors, articles, ...rest } = others;
  const warnings: string[] = [];
  const progress: { done: number; total: number }[] = [];
  const source = {
    path,
    ...(format === undefined ? {} : { format }),
    ...(distractors === undefined ? {} : { distractors }),
    ...(articles === undefined ? {} : { articles }),
  };
  const ports = { counter, ...(threads === undefined ? {} : { threads }) };
  const stage = synthesize(study, source, ports, { ...rest, signal });
  const summary: SynthesisSummary = await runStage(stage, (event) => {
    if (event.type === 'warning') warnings.push(event.message);
    else if (event.type === 'progress') progress.push({ done: event.done, total: event.total });
  });
  return { summary, warnings, progress };
}

export const fixture = (name: string) =>
  fileURLToPath(new URL(`../../fixtures/synthesis/${name}`, import.meta.url));

export const row = (id: string | undefined, text = `text of ${String(id)}`) =>
  JSON.stringify({ id, question: `q ${String(id)}?`, documents: [text, 'other'], answers: ['a'] });
export const rowsOf = (...ids: (string | undefined)[]) =>
  `${ids.map((id) => row(id)).join('\n')}\n`;

export async function idsOf(study: Study): Promise<string[]> {
  const { records, problems } = await readAllRecords(study.paths.questions, questionSchema);
  assert.deepEqual(problems, []);
  return records.map(({ value }) => value.id);
}
