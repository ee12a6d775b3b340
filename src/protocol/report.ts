/** Every message between the editor and the report panel. */

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

export interface ReportView {
  title: string;
  /** Null where the study has no gold answers; `note` says so. */
  bars: ReportBar[] | null;
  note: string;
  tables: ReportTable[];
}

export type ToReportPanel =
  | { type: 'report'; report: ReportView }
  | { type: 'reply'; request: number; ok: true }
  | { type: 'reply'; request: number; ok: false; message: string };

/** `copy` puts the report as text on the clipboard. */
export interface ReportRequest {
  type: 'copy';
}

export type FromReportPanel =
  { type: 'ready' } | { type: 'request'; request: number; body: ReportRequest };
