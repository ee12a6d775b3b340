import * as vscode from 'vscode';
import { panelHtml, tabIcon, webviewFolder } from './panelHtml.ts';
import { savedPanelSchema } from './panelMessages.ts';
import { QuestionPanel, type QuestionPanelPorts } from './questionPanel.ts';

const VIEW_TYPE = 'sealong.question';

/** The question panels: one a study. They come back after a reload of the window. */
export class QuestionPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #ports: QuestionPanelPorts;
  readonly #panels = new Map<string, QuestionPanel>();
  readonly #registration: vscode.Disposable;
  #active: QuestionPanel | undefined;

  constructor(extensionUri: vscode.Uri, ports: QuestionPanelPorts) {
    this.#extensionUri = extensionUri;
    this.#ports = ports;
    this.#registration = vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this);
  }

  /** The panel that has the focus, or had it last. */
  get active(): QuestionPanel | undefined {
    return this.#active;
  }

  open(dir: string, questionId: string): void {
    const open = this.#panels.get(dir);
    if (open) {
      open.show(questionId);
      open.panel.reveal();
      return;
    }
    this.#adopt(vscode.window.createWebviewPanel(VIEW_TYPE, questionId, vscode.ViewColumn.Active), {
      dir,
      questionId,
    });
  }

  /** Sends every panel what it shows anew, as after a change of trust. */
  updateAll(): void {
    for (const panel of this.#panels.values()) panel.update();
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const saved = savedPanelSchema.safeParse(state);
    if (!saved.success || this.#panels.has(saved.data.study)) panel.dispose();
    else this.#adopt(panel, { dir: saved.data.study, questionId: saved.data.questionId });
    return Promise.resolve();
  }

  dispose(): void {
    this.#registration.dispose();
    for (const panel of this.#panels.values()) panel.dispose();
  }

  #adopt(webviewPanel: vscode.WebviewPanel, of: { dir: string; questionId: string }): void {
    webviewPanel.webview.options = {
      enableScripts: true,
      localResourceRoots: [webviewFolder(this.#extensionUri)],
    };
    webviewPanel.iconPath = tabIcon(this.#extensionUri);
    const panel = new QuestionPanel(webviewPanel, of, this.#ports);
    this.#panels.set(of.dir, panel);
    webviewPanel.onDidChangeViewState(() => {
      this.#setActive(webviewPanel.active ? panel : this.#active, webviewPanel.active);
    });
    webviewPanel.onDidDispose(() => {
      panel.dispose();
      this.#panels.delete(of.dir);
      if (this.#active === panel) this.#setActive(undefined, false);
    });
    this.#setActive(panel, webviewPanel.active);
    webviewPanel.webview.html = panelHtml(
      webviewPanel.webview,
      this.#extensionUri,
      'questionPanel',
      { study: of.dir, questionId: of.questionId },
    );
  }

  #setActive(panel: QuestionPanel | undefined, focused: boolean): void {
    this.#active = panel ?? this.#panels.values().next().value;
    void vscode.commands.executeCommand('setContext', 'sealong.panelFocused', focused);
    void vscode.commands.executeCommand('setContext', 'sealong.panelOpen', this.#panels.size > 0);
  }
}
