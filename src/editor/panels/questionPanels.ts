import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { panelHtml, tabIcon, webviewFolder } from './panelHtml.ts';
import { savedPanelSchema } from './panelMessages.ts';
import { QuestionPanel, type PanelSubject, type QuestionPanelPorts } from './questionPanel.ts';

const VIEW_TYPE = 'sealong.question';

/**
 * The question panels: one a study, and more where the reviewer asks for them. They come back after a reload of the window,
 * but for one that was opened in the last seconds before it: which editors are open, of whatever kind, VS Code in a browser
 * writes down only every few seconds.
 */
export class QuestionPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #ports: QuestionPanelPorts;
  readonly #panels = new Set<QuestionPanel>();
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

  /** In the panel of the study that had the focus last, where there is one. */
  open(dir: string, questionId: string): void {
    const open =
      this.#active?.dir === dir
        ? this.#active
        : [...this.#panels].find((panel) => panel.dir === dir);
    if (open) {
      open.show(questionId);
      open.panel.reveal();
    } else this.#create(dir, questionId, vscode.ViewColumn.Active);
  }

  /** In a panel of its own, beside what is shown. */
  openBeside(dir: string, questionId: string): void {
    this.#create(dir, questionId, vscode.ViewColumn.Beside);
  }

  /** Sends every panel what it shows anew, as after a change of trust. */
  updateAll(): void {
    for (const panel of this.#panels) panel.update();
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const saved = savedPanelSchema.safeParse(state);
    if (saved.success) {
      const { study: dir, questionId, panel: id } = saved.data;
      this.#adopt(panel, { dir, questionId, id: id ?? randomUUID() });
    } else panel.dispose();
    return Promise.resolve();
  }

  dispose(): void {
    this.#registration.dispose();
    for (const panel of this.#panels) panel.dispose();
  }

  #create(dir: string, questionId: string, column: vscode.ViewColumn): void {
    const panel = vscode.window.createWebviewPanel(VIEW_TYPE, questionId, column);
    this.#adopt(panel, { dir, questionId, id: randomUUID() });
  }

  #adopt(webviewPanel: vscode.WebviewPanel, of: PanelSubject): void {
    webviewPanel.webview.options = {
      enableScripts: true,
      localResourceRoots: [webviewFolder(this.#extensionUri)],
    };
    webviewPanel.iconPath = tabIcon(this.#extensionUri);
    const panel = new QuestionPanel(webviewPanel, of, this.#ports, () => {
      this.#setActive(panel);
    });
    this.#panels.add(panel);
    webviewPanel.onDidChangeViewState(() => {
      this.#setActive(webviewPanel.active ? panel : this.#active);
    });
    webviewPanel.onDidDispose(() => {
      panel.dispose();
      this.#panels.delete(panel);
      void this.#ports.places.forget(of.id);
      this.#setActive(this.#active === panel ? undefined : this.#active);
    });
    this.#setActive(panel);
    webviewPanel.webview.html = panelHtml(
      webviewPanel.webview,
      this.#extensionUri,
      'questionPanel',
      { study: of.dir, questionId: of.questionId, panel: of.id },
    );
  }

  #setActive(panel: QuestionPanel | undefined): void {
    this.#active = panel ?? this.#panels.values().next().value;
    // One panel may lose the focus after another has got it.
    const focused = [...this.#panels].some((each) => each.panel.active);
    void vscode.commands.executeCommand('setContext', 'sealong.panelFocused', focused);
    void vscode.commands.executeCommand('setContext', 'sealong.panelOpen', this.#panels.size > 0);
  }
}
