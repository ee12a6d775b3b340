import type { ChartRequest } from './chart.ts';

/** Every message between the editor and the panel of training runs. */

/** Lines over the steps of a run, or over what a sweep varies. */
export interface LineChart {
  /** Names the files it is saved as. */
  name: string;
  title: string;
  yLabel: string;
  /** Values in place of steps, side by side: points are marked, and `step` is one of the values. */
  x?: { label: string; values: number[] };
  /** Values that are shares: the scale never leaves 0 to 1. */
  share?: true;
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

/** What the members of a sweep came to, to be set beside each other. */
export interface SweepFigures {
  /** Names the file that the table is saved as. */
  name: string;
  title: string;
  /** How it stands as a whole. */
  state: string;
  /** Ids of its members, as far as they can be drawn over one another. */
  runs: string[];
  columns: string[];
  rows: { id: string; label: string; cells: string[] }[];
  /** Of the final figures over what varies, where that is a number. */
  charts: LineChart[];
}

export interface TrainingView {
  /** Name of the study. */
  title: string;
  /** Newest first. */
  runs: TrainingRun[];
  columns: string[];
  charts: LineChart[];
  /** Newest first. */
  sweeps: SweepFigures[];
  note: string;
}

/** As many runs are drawn over one another at most: each has a colour and a dash that none of the others has together. */
export const MOST_RUNS = 36;

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
