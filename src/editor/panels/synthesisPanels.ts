import * as vscode from 'vscode';
import * as z from 'zod';
import type { ChartRequest } from '../../protocol/chart.ts';
import type { ReportView } from '../../protocol/report.ts';
import { chartFile, chartRequestSchema } from './chartFile.ts';
import { saveReportFile } from './reportFile.ts';
import { reportText } from './reportView.ts';
import { StudyPanels } from './studyPanels.ts';
import { synthesisView } from './synthesisView.ts';

type SynthesisRequest = { type: 'copy' } | ChartRequest;

/** The reports of what contexts are like: on the page of reports, of other content. */
export function synthesisPanels(
  extensionUri: vscode.Uri,
  ports: { load: (dir: string) => Promise<object | undefined>; failed: (error: unknown) => void },
): StudyPanels<ReportView, SynthesisRequest> {
  const { load, failed } = ports;
  return new StudyPanels(extensionUri, {
    viewType: 'sealong.synthesis',
    page: 'reportPanel',
    title: ({ title }) => `Synthesis: ${title}`,
    message: (study, report) => ({ type: 'report', study, report }),
    request: z.union([z.object({ type: z.literal('copy') }), chartRequestSchema]),
    handle: ({ dir, content }, body) => {
      if (body.type === 'copy') return vscode.env.clipboard.writeText(reportText(content));
      const charts = content.charts.map(({ chart }) => chart);
      // The dialog stays open for as long as the user likes; the panel does not wait for it.
      saveReportFile(dir, chartFile(charts, body)).catch(failed);
      return undefined;
    },
    load: async (dir) => {
      const summary = await load(dir);
      return summary && synthesisView(summary);
    },
    failed,
  });
}
