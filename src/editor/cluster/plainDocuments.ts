import * as vscode from 'vscode';

const SCHEME = 'sealong-text';

/** Job scripts before anything is sent, and lineages, as read-only documents: kept while the window is open. */
export class PlainDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  #made = 0;

  /** @param name of the document, whose ending says its language. */
  async show(folder: string, name: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({
      scheme: SCHEME,
      path: `/${encodeURIComponent(folder)}/${name}`,
      query: String(++this.#made),
    });
    this.#texts.set(uri.query, text);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (
      this.#texts.get(uri.query) ??
      '# This was made before the window was reloaded. Ask for it again.\n'
    );
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
