import type { StageNote, StageProgress, StageWarning } from '../stage.ts';
import type { StageEnvironment, StageRequest } from '../stageRequest.ts';

/** Every message between the editor and a stage worker; a worker does one run and ends. */
export type ToStageWorker =
  | { type: 'run'; request: StageRequest; environment: StageEnvironment }
  /**
   * Ends the run with what is done kept; the worker answers with `cancelled` when it has. `byUser`: else the window
   * closes, and the run may be gone on with.
   */
  | { type: 'cancel'; byUser: boolean };

export type FromStageWorker =
  { type: 'progress'; progress: StageProgress } | StageWarning | StageNote | StageOutcome;

/** How a run ended; exactly one is sent, last. */
export type StageOutcome =
  | { type: 'done'; summary: object }
  | { type: 'cancelled' }
  /** `detail` (a stack) is for the log; `message` is for people. */
  | { type: 'failed'; code: string; message: string; detail?: string };
