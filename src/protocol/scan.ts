import type { Problem } from '../records/jsonl.ts';
import type { Mark } from '../study/follow.ts';
import type { ScanBatch } from '../study/scan.ts';

/**
 * Every message between the editor and the scan worker. Each scan carries a number; it ends with exactly one `done` or
 * `failed`, also when it is cancelled.
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
  /** Reads what is new since `marks`; nothing read before where it is empty. */
  | { type: 'scan'; request: number; dir: string; marks: Marks }
  /** A batch was applied: the worker is never more than a few batches ahead, so that they cannot pile up in the host. */
  | { type: 'taken'; request: number }
  | { type: 'cancel'; request: number };

export type FromScanWorker =
  | { type: 'event'; request: number; event: ScanEvent }
  | { type: 'failed'; request: number; error: { code: string; message: string } };
