import type { ChartRequest, ColumnChart } from './chart.ts';
import type { ReportBar, ReportGrid, ReportTable } from './report.ts';

/** Every message between the editor and the dashboard of a study. */

export interface DashboardView {
  /** Name of the study. */
  title: string;
  /** The most telling numbers in one sentence. */
  headline: string;
  progress: ReportBar[];
  tables: ReportTable[];
  grids: ReportGrid[];
  charts: { chart: ColumnChart; note: string }[];
  /** Queues with something to do, as buttons. */
  queues: { view: string; label: string }[];
  notes: string[];
}

export type ToDashboard =
  | { type: 'dashboard'; study: string; dashboard: DashboardView }
  | { type: 'reply'; request: number; ok: true }
  | { type: 'reply'; request: number; ok: false; message: string };

export type DashboardRequest = { type: 'copy' } | { type: 'openView'; view: string } | ChartRequest;
