import * as vscode from 'vscode';
import * as z from 'zod';
import { messageOf } from '../../errors.ts';
import type { FromReportPanel, ReportView, ToReportPanel } from '../../protocol/report.ts';
import { panelHtml, tabIcon, webviewFolder } from './panelHtml.ts';
import { numberedSchema } from './panelMessages.ts';
import { reportText, reportView } from './reportView.ts';

const VIEW_TYPE = 'sealong.report';

const fromPanelSchema: z.ZodType<FromReportPanel> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({
    type: z.literal('request'),
    request: z.number().int(),
    body: z.object({ type: z.literal('copy') }),
  }),
]);

interface OpenReport {
  panel: vscode.WebviewPanel;
  view: ReportView;
}

/** The reports that are shown: one panel a study. */
export class ReportPanels implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #open = new Map<string, OpenReport>();

  constructor(extensionUri: vscode.Uri) {
    this.#extensionUri = extensionUri;
  }

  show(dir: string, summary: object): void {
    const view = reportView(summary);
    const open = this.#open.get(dir);
    if (open) {
      open.view = view;
      send(open.panel, { type: 'report', report: view });
      open.panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      VIEW_TYPE,
      `Report: ${view.title}`,
      vscode.ViewColumn.Active,
      { enableScripts: true, localResourceRoots: [webviewFolder(this.#extensionUri)] },
    );
    panel.iconPath = tabIcon(this.#extensionUri);
    const report: OpenReport = { panel, view };
    this.#open.set(dir, report);
    panel.onDidDispose(() => this.#open.delete(dir));
    panel.webview.onDidReceiveMessage((message: unknown) => {
      void this.#receive(report, message);
    });
    panel.webview.html = panelHtml(panel.webview, this.#extensionUri, 'reportPanel');
  }

  dispose(): void {
    for (const { panel } of this.#open.values()) panel.dispose();
  }

  async #receive({ panel, view }: OpenReport, message: unknown): Promise<void> {
    const parsed = fromPanelSchema.safeParse(message);
    if (!parsed.success) {
      const request = numberedSchema.safeParse(message).data?.request;
      if (request !== undefined)
        send(panel, {
          type: 'reply',
          request,
          ok: false,
          message: 'The editor did not understand this.',
        });
      return;
    }
    if (parsed.data.type === 'ready') {
      send(panel, { type: 'report', report: view });
      return;
    }
    const { request } = parsed.data;
    try {
      await vscode.env.clipboard.writeText(reportText(view));
      send(panel, { type: 'reply', request, ok: true });
    } catch (error) {
      send(panel, { type: 'reply', request, ok: false, message: messageOf(error) });
    }
  }
}

function send(panel: vscode.WebviewPanel, message: ToReportPanel): void {
  void panel.webview.postMessage(message);
}
