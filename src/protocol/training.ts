import type { ChartRequest } from './chart.ts';

/** Every message between the editor and the panel of training runs. */

/** Lines over the steps of a run. */
export interface LineChart {
  /** Names the files it is saved as. */
  name: string;
  title: string;
  yLabel: string;
  lines: { label: string; hue: number; points: { step: number; value: number }[] }[];
}

export interface TrainingRun {
  id: string;
  /** Short, and another for each run of the study: it stands beside its lines. */
  label: string;
  /** Of its lines; undefined where it is not drawn. */
  hue?: number;
  /** In the order of {@link TrainingView.columns}. */
  cells: string[];
}

export interface TrainingView {
  /** Name of the study. */
  title: string;
  /** Newest first. */
  runs: TrainingRun[];
  columns: string[];
  charts: LineChart[];
  note: string;
}

/** As many runs are drawn over one another at most: each has a colour and a dash of its own. */
export const MOST_RUNS = 6;

export type ToTrainingPanel =
  | { type: 'training'; study: string; training: TrainingView }
  | { type: 'reply'; request: number; ok: true }
  | { type: 'reply'; request: number; ok: false; message: string };

export type TrainingRequest =
  /** Puts the latest numbers as text on the clipboard. */
  | { type: 'copy' }
  /** Draws these runs, by id. */
  | { type: 'draw'; runs: string[] }
  | ChartRequest;
