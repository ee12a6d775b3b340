import { answerRules } from '../../clusters/extractAnswer.ts';
import { SealongError, messageOf } from '../../errors.ts';
import type { Marks, ScanEvent } from '../../protocol/scan.ts';
import type { Problem } from '../../records/jsonl.ts';
import { START } from '../../records/lines.ts';
import { parameterHash } from '../../study/canonicalHash.ts';
import type { AnswerRule } from '../../study/config.ts';
import { factsOf, markAt, readingOf, type Mark, type Reading } from '../../study/follow.ts';
import { loadConfig } from '../../study/loadConfig.ts';
import { packTrajectories } from '../../study/packedTrajectories.ts';
import {
  scanFile,
  studyFiles,
  type ScanBatch,
  type ScanKind,
  type StudyFile,
} from '../../study/scan.ts';
import { studyPaths } from '../../study/study.ts';

/** More bad lines of one file are counted, not told one by one: the file is of another kind. */
const PROBLEMS_A_FILE = 100;

/**
 * What is new in a study's files since `marks`: questions first, then trajectories, scores and decisions. Where a file
 * was rewritten, replaced or deleted, the whole study is read again.
 *
 * @param marks of the files that are looked at.
 * @param only files of this kind.
 */
export async function* scanStudy(
  dir: string,
  marks: Marks,
  signal: AbortSignal,
  only?: ScanKind,
): AsyncGenerator<ScanEvent, void, undefined> {
  const paths = studyPaths(dir);
  const files = (await studyFiles(paths)).filter(({ kind }) => only === undefined || kind === only);
  // Decisions are read while somebody waits, and have no answers to be found.
  const rules = only === undefined || only === 'trajectories' ? await rulesOf(paths.config) : [];
  const rulesHash = parameterHash(rules);
  const failures: Problem[] = [];
  const planned: { file: StudyFile; reading: Reading }[] = [];
  for (const file of files) {
    try {
      planned.push({ file, reading: await readingOf(file.path, marks[file.path]) });
    } catch (error) {
      failures.push(failure(file, error));
    }
  }
  const listed = new Set(files.map(({ path }) => path));
  const anew =
    Object.values(marks).some((mark) => mark.rules !== undefined && mark.rules !== rulesHash) ||
    planned.some(({ reading }) => reading.kind === 'anew') ||
    Object.keys(marks).some((path) => !listed.has(path));
  yield { type: 'begin', anew };

  const next: Record<string, Mark> = {};
  for (const { file, reading } of planned) {
    const before = anew ? undefined : marks[file.path];
    if (!anew && reading.kind !== 'on') {
      if (before) next[file.path] = before;
      continue;
    }
    try {
      const facts = await factsOf(file.path);
      if (!facts) continue;
      let position = reading.kind === 'on' && !anew ? reading.from : START;
      for await (const batch of limited(scanFile(file, position, signal, rules))) {
        position = batch.next;
        yield { type: 'batch', batch };
      }
      const mark = await markAt(file.path, facts, position);
      next[file.path] = file.kind === 'trajectories' ? { ...mark, rules: rulesHash } : mark;
    } catch (error) {
      if (signal.aborted) throw error;
      failures.push(failure(file, error));
    }
  }
  yield { type: 'done', result: { marks: next, failures } };
}

/** While sealong.json is wrong, the built-in rules. */
async function rulesOf(config: string): Promise<AnswerRule[]> {
  try {
    return answerRules((await loadConfig(config)).review.answer_rules);
  } catch (error) {
    if (error instanceof SealongError) return answerRules([]);
    throw error;
  }
}

async function* limited(
  batches: AsyncIterable<ScanBatch>,
): AsyncGenerator<ScanBatch, void, undefined> {
  let room = PROBLEMS_A_FILE;
  let last: ScanBatch | undefined;
  let more: Problem | undefined;
  let omitted = 0;
  for await (const batch of batches) {
    const problems = batch.problems.slice(0, room);
    more ??= batch.problems[problems.length];
    omitted += batch.problems.length - problems.length;
    room -= problems.length;
    last = { ...batch, problems };
    yield last;
  }
  if (last && more)
    yield {
      ...withoutEntries(last),
      problems: [{ ...more, message: `${omitted} more lines are no valid records either.` }],
    };
}

function withoutEntries(batch: ScanBatch): ScanBatch {
  return batch.kind === 'trajectories'
    ? { ...batch, entries: packTrajectories([]) }
    : { ...batch, entries: [] };
}

function failure(file: StudyFile, error: unknown): Problem {
  // A bug is not a property of the file.
  if (!(error instanceof SealongError) && !(error instanceof Error && 'code' in error)) throw error;
  return { file: file.path, line: 1, message: messageOf(error) };
}
