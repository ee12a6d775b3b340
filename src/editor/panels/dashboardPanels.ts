import * as vscode from 'vscode';
import * as z from 'zod';
import type { DashboardRequest, DashboardView } from '../../protocol/dashboard.ts';
import { chartFile, chartRequestSchema } from './chartFile.ts';
import { dashboardText } from './dashboardText.ts';
import { saveReportFile } from './reportFile.ts';
import { StudyPanels } from './studyPanels.ts';

const requestSchema: z.ZodType<DashboardRequest> = z.union([
  z.object({ type: z.literal('copy') }),
  z.object({ type: z.literal('openView'), view: z.string() }),
  chartRequestSchema,
]);

export interface DashboardPorts {
  load: (dir: string) => Promise<DashboardView | undefined>;
  /** Puts a view of the study in use and opens its first question. */
  openView: (dir: string, view: string) => Promise<void>;
  failed: (error: unknown) => void;
}

/** The dashboards of studies: how far their review is, and what it says of the method. */
export function dashboardPanels(
  extensionUri: vscode.Uri,
  { load, openView, failed }: DashboardPorts,
): StudyPanels<DashboardView, DashboardRequest> {
  return new StudyPanels<DashboardView, DashboardRequest>(extensionUri, {
    viewType: 'sealong.dashboard',
    page: 'dashboardPanel',
    title: ({ title }) => `Review: ${title}`,
    message: (study, dashboard) => ({ type: 'dashboard', study, dashboard }),
    request: requestSchema,
    handle: ({ dir, content }, body) => {
      switch (body.type) {
        case 'copy':
          return vscode.env.clipboard.writeText(dashboardText(content));
        case 'openView':
          return openView(dir, body.view);
        case 'saveChart': {
          const charts = content.charts.map(({ chart }) => chart);
          // The dialog stays open for as long as the user likes; the panel does not wait for it.
          saveReportFile(dir, chartFile(charts, body)).catch(failed);
          return undefined;
        }
      }
    },
    load,
    failed,
  });
}
