import * as vscode from 'vscode';

const SCHEME = 'sealong-script';

/** Job scripts as read-only documents, before anything is sent: made anew for each plan, and kept while the window is open. */
export class ScriptDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #scripts = new Map<string, string>();
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  #made = 0;

  async show(cluster: string, script: string): Promise<void> {
    const uri = vscode.Uri.from({
      scheme: SCHEME,
      path: `/${encodeURIComponent(cluster)}/job.sh`,
      query: String(++this.#made),
    });
    this.#scripts.set(uri.query, script);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (
      this.#scripts.get(uri.query) ??
      '# This plan was made before the window was reloaded: make it again with "SeaLong: Train on Cluster".\n'
    );
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
