import type { PackedQuestions } from '../clusters/packedQuestions.ts';
import type { PlacedAnswers } from '../clusters/placedAnswers.ts';
import type { Problem } from '../records/jsonl.ts';
import type { Mark } from '../study/follow.ts';
import type { ScanBatch, ScanKind } from '../study/scan.ts';

/**
 * Every message between the editor and the scan worker. Each request carries a number; a scan ends with exactly one `done`
 * or `failed`, also when it is cancelled, and `cluster` with one `clustered` or `failed`.
 */

/** By the path of the file. */
export type Marks = Readonly<Record<string, Mark>>;

export interface ScanResult {
  marks: Marks;
  /** Files that could not be read at all. */
  failures: Problem[];
}

/** What a scan of a study reports, in this order. */
export type ScanEvent =
  /** `anew`: what was read before no longer holds; the batches that follow are the whole study. */
  | { type: 'begin'; anew: boolean }
  | { type: 'batch'; batch: ScanBatch }
  | { type: 'done'; result: ScanResult };

export type ToScanWorker =
  /** Reads what is new since `marks`, in the files of one kind or in all; nothing read before where they are empty. */
  | { type: 'scan'; request: number; dir: string; marks: Marks; only?: ScanKind }
  /** Clusters the final answers of some questions, also while a scan runs. */
  | { type: 'cluster'; request: number; questions: PackedQuestions }
  /** A batch was applied: the worker is never more than a few batches ahead, so that they cannot pile up in the host. */
  | { type: 'taken'; request: number }
  | { type: 'cancel'; request: number };

export type FromScanWorker =
  | { type: 'event'; request: number; event: ScanEvent }
  /** In the order of the questions. */
  | { type: 'clustered'; request: number; questions: readonly PlacedAnswers[] }
  | { type: 'failed'; request: number; error: { code: string; message: string } };
