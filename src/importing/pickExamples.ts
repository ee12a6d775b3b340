import type { Report } from '../stage.ts';
import { candidates } from '../synthesis/candidates.ts';
import { LeftOutCount } from '../synthesis/leftOut.ts';
import type { SourceFile } from '../synthesis/sourceFile.ts';
import type { ExampleTokens } from './exampleTokens.ts';
import type { ExampleFormat, SourceExample } from './formats/example.ts';
import { contextOf } from './importedQuestion.ts';
import { drawnRank, FirstRanked, type Pick } from './pick.ts';

/** A dataset being imported, and who is told. */
export interface Dataset {
  file: SourceFile;
  format: ExampleFormat;
  seed: number;
  strict: boolean;
  signal: AbortSignal;
  report: Report;
}

export type Example = SourceExample & { id: string };

/** Characters of prompts and answers that are counted together. */
const BATCH_CHARACTERS = 1024 * 1024;
const BATCH_EXAMPLES = 512;
/** Rows between two reports of progress. */
const REPORTED_ROWS = 256;

/**
 * The ids of the examples that are picked, after one reading of the whole dataset; memory holds ids, not texts.
 *
 * @throws SealongError at the first fault, where strict.
 */
export async function pickExamples(
  dataset: Dataset,
  leftOut: LeftOutCount,
  { pick, count }: { pick: Pick; count: number },
  tokens: ExampleTokens,
): Promise<{ ids: Set<string>; usable: number }> {
  const { seed, signal, report } = dataset;
  const total = await dataset.file.count(Number.MAX_SAFE_INTEGER);
  const first = new FirstRanked(count);
  let usable = 0;
  let batch: Example[] = [];
  let characters = 0;
  const rankLongest = async () => {
    // No token is shorter than a byte: what has fewer bytes than the shortest one kept has tokens, need not be counted.
    const least = -first.limit;
    const long = batch.filter((example) => bytesOf(example) > least);
    for (const [index, { prompt, chosen }] of (await tokens.ofAll(long)).entries())
      first.add(long[index]?.id ?? '', -(prompt + chosen));
    batch = [];
    characters = 0;
  };
  for await (const example of examplesOf(dataset, leftOut)) {
    usable += 1;
    if (usable % REPORTED_ROWS === 0)
      report({ type: 'progress', done: usable, total, unit: 'rows' });
    if (pick === 'random') {
      first.add(example.id, drawnRank(seed, example.id));
      continue;
    }
    batch.push(example);
    characters += bytesOf(example);
    if (characters > BATCH_CHARACTERS || batch.length === BATCH_EXAMPLES) await rankLongest();
  }
  signal.throwIfAborted();
  await rankLongest();
  report({ type: 'progress', done: total, total, unit: 'rows' });
  return { ids: first.ids(), usable };
}

/** The examples of these ids in the order of the file, which is read no further than it must be. */
export async function* pickedExamples(
  dataset: Dataset,
  ids: ReadonlySet<string>,
): AsyncGenerator<Example, void, undefined> {
  let missing = ids.size;
  // Faults were told of at the first reading.
  const leftOut = new LeftOutCount(() => undefined);
  for await (const example of examplesOf({ ...dataset, strict: false }, leftOut)) {
    if (!ids.has(example.id)) continue;
    yield example;
    missing -= 1;
    if (missing === 0) break;
  }
  dataset.signal.throwIfAborted();
}

function examplesOf({ file, format, strict, signal, report }: Dataset, leftOut: LeftOutCount) {
  const warn = (message: string) => {
    report({ type: 'warning', message });
  };
  return candidates(file, format, leftOut, { strict, signal, warn });
}

function bytesOf({ prompt, chosen }: Example): number {
  return Buffer.byteLength(contextOf(prompt).context) + Buffer.byteLength(chosen.text);
}
