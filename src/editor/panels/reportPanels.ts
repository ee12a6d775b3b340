import * as vscode from 'vscode';
import * as z from 'zod';
import type { ReportRequest, ReportView } from '../../protocol/report.ts';
import { hiddenByBlind } from '../hiddenByBlind.ts';
import { MAX_IMAGE_CHARACTERS } from './chartFile.ts';
import { fileOf, saveReportFile } from './reportFile.ts';
import { reportText, reportView } from './reportView.ts';
import { StudyPanels } from './studyPanels.ts';

const requestSchema: z.ZodType<ReportRequest> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('copy') }),
  z.object({ type: z.literal('saveTable'), section: z.enum(['scorers', 'bestOf']) }),
  z.object({
    type: z.literal('saveImage'),
    format: z.enum(['svg', 'png']),
    data: z.string().max(MAX_IMAGE_CHARACTERS),
  }),
]);

export interface ShownReport {
  view: ReportView;
  /** What the `report` stage gave: all of it, also of a study that is reviewed blind. */
  summary: object;
  blind: boolean;
}

/** The reports that are shown. */
export function reportPanels(
  extensionUri: vscode.Uri,
  ports: {
    /** Undefined where there is nothing to show any more. */
    load: (dir: string) => Promise<ShownReport | undefined>;
    failed: (error: unknown) => void;
  },
): StudyPanels<ShownReport, ReportRequest> {
  const { load, failed } = ports;
  return new StudyPanels(extensionUri, {
    viewType: 'sealong.report',
    page: 'reportPanel',
    title: ({ view }) => `Report: ${view.title}`,
    message: (study, { view }) => ({ type: 'report', study, report: view }),
    request: requestSchema,
    handle: ({ dir, content }, body) => {
      if (body.type === 'copy') return vscode.env.clipboard.writeText(reportText(content.view));
      if (content.blind) throw hiddenByBlind({ name: content.view.title }, 'scores are');
      // The dialog stays open for as long as the user likes; the panel does not wait for it.
      saveReportFile(dir, fileOf(content.summary, body)).catch(failed);
      return undefined;
    },
    load,
    failed,
  });
}

/** @param study.blind scores, pairs and what reviewers decided are not to be seen. */
export function shownReport(summary: object, { blind }: { blind: boolean }): ShownReport {
  return { view: reportView(summary, blind), summary, blind };
}
