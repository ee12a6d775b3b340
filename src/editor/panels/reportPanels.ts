import * as vscode from 'vscode';
import * as z from 'zod';
import { messageOf } from '../../errors.ts';
import type { FromReportPanel, ReportView, ToReportPanel } from '../../protocol/report.ts';
import { panelHtml, tabIcon, webviewFolder } from './panelHtml.ts';
import { numberedSchema } from './panelMessages.ts';
import { fileOf, saveReportFile, type ReportFile } from './reportFile.ts';
import { reportText, reportView } from './reportView.ts';

const VIEW_TYPE = 'sealong.report';
const MAX_IMAGE_CHARACTERS = 20_000_000;

const fromPanelSchema: z.ZodType<FromReportPanel> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({
    type: z.literal('request'),
    request: z.number().int(),
    body: z.discriminatedUnion('type', [
      z.object({ type: z.literal('copy') }),
      z.object({ type: z.literal('saveTable'), section: z.enum(['scorers', 'bestOf']) }),
      z.object({
        type: z.literal('saveImage'),
        format: z.enum(['svg', 'png']),
        data: z.string().max(MAX_IMAGE_CHARACTERS),
      }),
    ]),
  }),
]);

interface OpenReport {
  panel: vscode.WebviewPanel;
  dir: string;
  view: ReportView;
  summary: object;
}

/** The reports that are shown: one panel a study. */
export class ReportPanels implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #failed: (error: unknown) => void;
  readonly #open = new Map<string, OpenReport>();

  /** @param failed takes what goes wrong when nobody waits for an answer. */
  constructor(extensionUri: vscode.Uri, failed: (error: unknown) => void) {
    this.#extensionUri = extensionUri;
    this.#failed = failed;
  }

  show(dir: string, summary: object): void {
    const view = reportView(summary);
    const open = this.#open.get(dir);
    if (open) {
      open.view = view;
      open.summary = summary;
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
    const report: OpenReport = { panel, dir, view, summary };
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

  async #receive(report: OpenReport, message: unknown): Promise<void> {
    const { panel, view } = report;
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
    const { request, body } = parsed.data;
    try {
      if (body.type === 'copy') await vscode.env.clipboard.writeText(reportText(view));
      else this.#save(report.dir, fileOf(report.summary, body));
      send(panel, { type: 'reply', request, ok: true });
    } catch (error) {
      send(panel, { type: 'reply', request, ok: false, message: messageOf(error) });
    }
  }

  /** The dialog stays open for as long as the user likes; the panel does not wait for it. */
  #save(dir: string, file: ReportFile): void {
    saveReportFile(dir, file).catch(this.#failed);
  }
}

function send(panel: vscode.WebviewPanel, message: ToReportPanel): void {
  void panel.webview.postMessage(message);
}
