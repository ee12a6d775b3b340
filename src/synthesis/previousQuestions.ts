import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SealongError, fileError } from '../errors.ts';
import { problemText, readRecords } from '../records/jsonl.ts';
import { questionSchema, type QuestionRecord } from '../records/schemas.ts';
import type { StudyPaths } from '../study/study.ts';

type Step = { record: QuestionRecord } | { unreadable: string };

/**
 * The questions that a study has already, read side by side with those being made: the same parameters and the same
 * source give the same ones again, so each must be the next. Holds one batch at a time.
 */
export class PreviousQuestions {
  readonly #steps: AsyncGenerator<Step, void, undefined>;
  #next: Step | undefined;

  private constructor(path: string) {
    this.#steps = steps(path);
  }

  /** A study without `questions.jsonl` has none. */
  static async open(path: string): Promise<PreviousQuestions> {
    const previous = new PreviousQuestions(path);
    await previous.advance();
    return previous;
  }

  /** The next one, what makes it unreadable, or undefined at the end. */
  get next(): Step | undefined {
    return this.#next;
  }

  async advance(): Promise<void> {
    const { value, done } = await this.#steps.next();
    this.#next = done ? undefined : value;
  }

  /** From now on there are none. */
  async close(): Promise<void> {
    this.#next = undefined;
    await this.#steps.return();
  }
}

async function* steps(path: string): AsyncGenerator<Step, void, undefined> {
  try {
    for await (const { records, problems } of readRecords(path, questionSchema)) {
      for (const { value } of records) yield { record: value };
      for (const problem of problems) yield { unreadable: problemText(problem) };
    }
  } catch (error) {
    if (!(error instanceof SealongError && error.code === 'missing_file')) throw error;
  }
}

/** Whether samples were taken of a study's questions. */
export async function hasTrajectories(paths: StudyPaths): Promise<boolean> {
  return stat(paths.trajectories).then(
    ({ size }) => size > 0,
    () => false,
  );
}

/** @param why what differs, as a clause. */
export function wouldOrphan(paths: StudyPaths, why: string): SealongError {
  return new SealongError(
    'would_orphan',
    `${paths.questions} would be replaced by other questions (${why}), and ${paths.trajectories} holds samples of those that are there. Make a new study for the new questions (sealong init), or run again with --replace: the old questions are then kept as questions.<hash>.jsonl.bak.`,
  );
}

/** Copies `questions.jsonl` to `questions.<hash of its content>.jsonl.bak`; returns the hash, 16 hex digits. */
export async function keepCopy(path: string): Promise<string> {
  try {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
    const digest = hash.digest('hex').slice(0, 16);
    await copyFile(path, join(dirname(path), `questions.${digest}.jsonl.bak`));
    return digest;
  } catch (error) {
    throw fileError('copy', path, error);
  }
}
