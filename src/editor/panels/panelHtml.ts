import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** Where the bundled webviews lie: the only folder that a panel can read. */
export function webviewFolder(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
}

/**
 * The page of a panel: its script by nonce, its style sheet, and nothing else, not even from this extension. Content comes
 * as messages; `state` is what the page keeps until it has something of its own. The toolkit looks for the nonce in a meta
 * element: without it, a style that it tries out is refused.
 */
export function panelHtml(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  name: string,
  state?: object,
): string {
  const nonce = randomBytes(16).toString('base64url');
  const file = (extension: string) =>
    webview
      .asWebviewUri(vscode.Uri.joinPath(webviewFolder(extensionUri), `${name}.${extension}`))
      .toString();
  const policy = [
    "default-src 'none'",
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  const seed =
    state === undefined
      ? ''
      : `<meta name="sealong-state" content="${attribute(JSON.stringify(state))}">\n`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${file('css')}">
${seed}<title>SeaLong</title>
</head>
<body>
<script type="module" nonce="${nonce}" src="${file('js')}"></script>
</body>
</html>`;
}

function attribute(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** What a panel's tab shows; files on disk cannot take a theme's colours, so there are two. */
export function tabIcon(extensionUri: vscode.Uri): { light: vscode.Uri; dark: vscode.Uri } {
  const file = (theme: string) => vscode.Uri.joinPath(extensionUri, 'media', `tab-${theme}.svg`);
  return { light: file('light'), dark: file('dark') };
}
