/** Every message between the editor and the page of reports: that of a study, and that of its synthesis. */

import type { ChartRequest, ColumnChart } from './chart.ts';

export interface ReportBar {
  label: string;
  /** What the bar measures, for people. */
  what: string;
  /** Percent; null where it could not be measured. */
  value: number | null;
}

export interface ReportTable {
  caption: string;
  rows: { label: string; value: string }[];
}

/** A table with several columns. */
export interface ReportGrid {
  caption: string;
  columns: string[];
  rows: { label: string; cells: string[] }[];
}

/** SubEM x 100 against the number of samples; `low` and `high` are the ends of the band. */
export interface ReportLine {
  label: string;
  points: { n: number; mean: number; low: number; high: number }[];
}

/** The scorers that have scored the study, side by side. */
export interface ReportScorers {
  note: string;
  grids: ReportGrid[];
  /** Null where the study has no gold answers. */
  bestOf: { note: string; lines: ReportLine[]; grid: ReportGrid } | null;
}

export interface ReportView {
  title: string;
  /** Null where the study has no gold answers; `note` says so. */
  bars: ReportBar[] | null;
  note: string;
  tables: ReportTable[];
  charts: { chart: ColumnChart; note: string }[];
  /** Null where no scorer has scored anything. */
  scorers: ReportScorers | null;
}

export type ReportSection = 'scorers' | 'bestOf';

export type ToReportPanel =
  | { type: 'report'; study: string; report: ReportView }
  | { type: 'reply'; request: number; ok: true }
  | { type: 'reply'; request: number; ok: false; message: string };

/**
 * `copy` puts the report as text on the clipboard; `saveTable` saves the numbers of a section as CSV, `saveImage` the chart
 * that the panel drew (SVG as text, PNG as base64). Where to, the user says in a dialog, which the answer does not wait for.
 */
export type ReportRequest =
  | { type: 'copy' }
  | { type: 'saveTable'; section: ReportSection }
  | { type: 'saveImage'; format: 'svg' | 'png'; data: string };

/** All that the page may ask for; which of it, is up to what it shows. */
export type ReportPageRequest = ReportRequest | ChartRequest;
