import { SealongError } from '../../errors.ts';
import { readRecordAt, readRecordsAt } from '../../records/jsonl.ts';
import {
  questionSchema,
  trajectorySchema,
  type QuestionRecord,
  type TrajectoryRecord,
} from '../../records/schemas.ts';
import { readMatrix } from '../../scoring/matrixFile.ts';
import type { ScoreEntry, TrajectoryEntry } from '../../study/entries.ts';
import { studyPaths } from '../../study/study.ts';
import type { OpenStudy } from './openStudy.ts';

/**
 * Texts and matrices of a study, read from disk by offset when they are opened. Where a file changed since it was scanned,
 * the study is refreshed and the record looked up again, once.
 */
export class StudyReader {
  readonly #refresh: (study: OpenStudy) => Promise<void>;

  constructor(refresh: (study: OpenStudy) => Promise<void>) {
    this.#refresh = refresh;
  }

  /** @throws SealongError `no_question`, `file_changed`, or why the file cannot be read. */
  async question(study: OpenStudy, id: string): Promise<QuestionRecord> {
    const path = studyPaths(study.dir).questions;
    return this.#twice(study, async () => {
      const entry = study.index.questions.get(id);
      if (!entry)
        throw new SealongError(
          'no_question',
          `${path} has no question "${id}". It may have been removed.`,
        );
      const record = await readRecordAt(path, entry, questionSchema);
      if (record.id !== id) throw changed(path);
      return record;
    });
  }

  /** @throws SealongError `file_changed`, or why the file cannot be read. */
  async trajectory(study: OpenStudy, entry: TrajectoryEntry): Promise<TrajectoryRecord> {
    const path = studyPaths(study.dir).trajectories;
    const { questionId, sampling, index } = entry;
    return this.#twice(study, async (again) => {
      const now = again
        ? study.index.trajectories(questionId, sampling).find((other) => other.index === index)
        : entry;
      if (!now) throw changed(path);
      const record = await readRecordAt(path, now, trajectorySchema);
      if (!isOf(record, entry)) throw changed(path);
      return record;
    });
  }

  /**
   * Several of one question, in the order given: read together, since 128 samples are 128 places of one file.
   *
   * @throws SealongError as `trajectory`.
   */
  async trajectories(
    study: OpenStudy,
    entries: readonly TrajectoryEntry[],
  ): Promise<TrajectoryRecord[]> {
    const path = studyPaths(study.dir).trajectories;
    try {
      const records = await readRecordsAt(path, entries, trajectorySchema);
      const same = entries.every((entry, position) => isOf(records[position], entry));
      if (same) return records;
    } catch (error) {
      if (!isRetried(error)) throw error;
    }
    // The file changed: one by one, each is looked up again.
    return Promise.all(entries.map((entry) => this.trajectory(study, entry)));
  }

  /** The N x N utilities, row by row; undefined where the scorer has none or the file is lost or damaged. */
  async matrix(study: OpenStudy, score: ScoreEntry): Promise<Float32Array | undefined> {
    if (!score.matrix) return undefined;
    return readMatrix(studyPaths(study.dir).matrixFile(score.scorer), score.matrix);
  }

  async #twice<T>(study: OpenStudy, read: (again: boolean) => Promise<T>): Promise<T> {
    try {
      return await read(false);
    } catch (error) {
      if (!isRetried(error)) throw error;
      await this.#refresh(study);
      return read(true);
    }
  }
}

const RETRIED = new Set(['file_changed', 'no_question']);

function isRetried(error: unknown): boolean {
  return error instanceof SealongError && RETRIED.has(error.code);
}

function isOf(record: TrajectoryRecord | undefined, entry: TrajectoryEntry): boolean {
  return (
    record?.question_id === entry.questionId &&
    record.index === entry.index &&
    record.sampling === entry.sampling
  );
}

function changed(path: string): SealongError {
  return new SealongError('file_changed', `${path} changed while it was read. Open it again.`);
}
