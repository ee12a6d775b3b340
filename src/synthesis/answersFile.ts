import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../errors.ts';
import { encodeRecord } from '../records/jsonl.ts';
import { SCHEMA_VERSION, type AnswersRecord } from '../records/schemas.ts';
import { writeAtomic } from '../records/writeAtomic.ts';
import { exists } from '../study/study.ts';

/**
 * Gold answers on their way to `answers.jsonl`. Nothing else of synthesis sees them, and this is the only place that
 * writes the file; it reads none.
 */
export class AnswersFile {
  readonly #path: string;
  readonly #dir: string;
  readonly #lines: string[] = [];

  constructor(studyDir: string) {
    this.#dir = studyDir;
    this.#path = join(studyDir, 'answers.jsonl');
  }

  add(questionId: string, answers: readonly string[]): void {
    if (answers.length === 0) return;
    const record: AnswersRecord = {
      v: SCHEMA_VERSION,
      question_id: questionId,
      answers: [...answers],
    };
    this.#lines.push(encodeRecord(record));
  }

  /**
   * Replaces the file by the answers added.
   *
   * @param replaced whether the questions became others: then a file that was there goes also where there are no new
   *   answers, since the old ones must not be taken for theirs.
   */
  async write(replaced: boolean): Promise<void> {
    if (this.#lines.length > 0) await writeAtomic(this.#path, this.#lines.join(''));
    else if (replaced)
      await rm(this.#path, { force: true }).catch((error: unknown) => {
        throw fileError('delete', this.#path, error);
      });
  }

  /** Keeps a copy beside that of the questions it belongs to. */
  async keepCopy(hash: string): Promise<void> {
    if (!(await exists(this.#path))) return;
    const copy = join(this.#dir, `answers.${hash}.jsonl.bak`);
    await copyFile(this.#path, copy).catch((error: unknown) => {
      throw fileError('write', copy, error);
    });
  }
}
