import * as vscode from 'vscode';
import * as z from 'zod';
import { messageOf } from '../../errors.ts';
import { panelHtml, tabIcon, webviewFolder } from './panelHtml.ts';
import { numberedSchema } from './panelMessages.ts';

/** A kind of panel that shows something of a whole study. */
export interface PanelKind<Content, Request> {
  viewType: string;
  /** Of its bundle under dist/webview. */
  page: string;
  title: (content: Content) => string;
  /** What is sent to the page; the page keeps `study` as its state, from which the panel comes back after a reload. */
  message: (study: string, content: Content) => { type: string; study: string };
  request: z.ZodType<Request>;
  handle: (of: { dir: string; content: Content }, request: Request) => unknown;
  /** Makes the content anew for a panel that came back; undefined where there is nothing to show any more. */
  load: (dir: string) => Promise<Content | undefined>;
  /** Takes what goes wrong when nobody waits for an answer. */
  failed: (error: unknown) => void;
}

interface Open<Content> {
  panel: vscode.WebviewPanel;
  dir: string;
  ready: boolean;
  content: Content | undefined;
}

const savedSchema = z.object({ study: z.string() });

/** The panels of one kind: one a study. They come back after a reload of the window. */
export class StudyPanels<Content, Request>
  implements vscode.WebviewPanelSerializer, vscode.Disposable
{
  readonly #extensionUri: vscode.Uri;
  readonly #kind: PanelKind<Content, Request>;
  readonly #open = new Map<string, Open<Content>>();
  readonly #message: z.ZodType<
    { type: 'ready' } | { type: 'request'; request: number; body: Request }
  >;
  readonly #registration: vscode.Disposable;

  constructor(extensionUri: vscode.Uri, kind: PanelKind<Content, Request>) {
    this.#extensionUri = extensionUri;
    this.#kind = kind;
    this.#message = z.union([
      z.object({ type: z.literal('ready') }),
      z.object({ type: z.literal('request'), request: z.number().int(), body: kind.request }),
    ]);
    this.#registration = vscode.window.registerWebviewPanelSerializer(kind.viewType, this);
  }

  /** The studies that have a panel. */
  get studies(): readonly string[] {
    return [...this.#open.keys()];
  }

  /** Opens the study's panel, or brings it to the front with new content. */
  show(dir: string, content: Content): void {
    const known = this.#open.get(dir);
    if (known) {
      this.#put(known, content);
      known.panel.reveal();
      return;
    }
    const { viewType, title } = this.#kind;
    const panel = vscode.window.createWebviewPanel(
      viewType,
      title(content),
      vscode.ViewColumn.Active,
    );
    this.#put(this.#adopt(panel, dir), content);
  }

  /** Gives an open panel new content where it stands; nothing where there is none. */
  update(dir: string, content: Content): void {
    const open = this.#open.get(dir);
    if (open) this.#put(open, content);
  }

  /** Makes what a panel shows anew from what it shows; `make` gives back what is to stay as it is. */
  change(dir: string, make: (content: Content) => Content): void {
    const open = this.#open.get(dir);
    if (open?.content === undefined) return;
    const content = make(open.content);
    if (content !== open.content) this.#put(open, content);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const dir = savedSchema.safeParse(state).data?.study;
    if (dir === undefined || this.#open.has(dir)) {
      panel.dispose();
      return;
    }
    const open = this.#adopt(panel, dir);
    try {
      const content = await this.#kind.load(dir);
      if (content === undefined) panel.dispose();
      // What was shown meanwhile is newer.
      else if (open.content === undefined) this.#put(open, content);
    } catch (error) {
      panel.dispose();
      this.#kind.failed(error);
    }
  }

  dispose(): void {
    this.#registration.dispose();
    for (const { panel } of this.#open.values()) panel.dispose();
  }

  #adopt(panel: vscode.WebviewPanel, dir: string): Open<Content> {
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [webviewFolder(this.#extensionUri)],
    };
    panel.iconPath = tabIcon(this.#extensionUri);
    const open: Open<Content> = { panel, dir, ready: false, content: undefined };
    this.#open.set(dir, open);
    panel.onDidDispose(() => this.#open.delete(dir));
    panel.webview.onDidReceiveMessage((message: unknown) => {
      void this.#receive(open, message);
    });
    panel.webview.html = panelHtml(panel.webview, this.#extensionUri, this.#kind.page);
    return open;
  }

  #put(open: Open<Content>, content: Content): void {
    open.content = content;
    open.panel.title = this.#kind.title(content);
    this.#send(open);
  }

  #send({ panel, dir, ready, content }: Open<Content>): void {
    if (ready && content !== undefined)
      void panel.webview.postMessage(this.#kind.message(dir, content));
  }

  async #receive(open: Open<Content>, message: unknown): Promise<void> {
    const reply = (request: number, problem?: string) =>
      open.panel.webview.postMessage(
        problem === undefined
          ? { type: 'reply', request, ok: true }
          : { type: 'reply', request, ok: false, message: problem },
      );
    const parsed = this.#message.safeParse(message);
    if (!parsed.success) {
      const request = numberedSchema.safeParse(message).data?.request;
      if (request !== undefined) void reply(request, 'The editor did not understand this.');
      return;
    }
    if (parsed.data.type === 'ready') {
      open.ready = true;
      this.#send(open);
      return;
    }
    const { request, body } = parsed.data;
    const { dir, content } = open;
    try {
      if (content === undefined) throw new Error('Nothing is shown yet.');
      await this.#kind.handle({ dir, content }, body);
      void reply(request);
    } catch (error) {
      void reply(request, messageOf(error));
    }
  }
}
