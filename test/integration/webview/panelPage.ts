import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import type {
  FromPanel,
  PanelContext,
  PanelDecision,
  PanelQuestion,
  PanelRequest,
  PanelVerdict,
  ToPanel,
} from '../../../src/protocol/panel.ts';
import { contextOf } from './fixtures.ts';
import { EDITOR_KEYS_SCRIPT, PANEL_KEYS } from './editorKeys.ts';
import { COMMON_VARIABLES, THEMES, type ThemeName } from './themes.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const NONCE = 'panel-test';

export interface Bundle {
  script: string;
  style: string;
}

/** @param name of the panel's folder in `webview`. */
export async function bundlePanel(name = 'questionPanel'): Promise<Bundle> {
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: [{ in: `webview/${name}/main.ts`, out: name }],
    bundle: true,
    write: false,
    outdir: 'out',
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    minify: true,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const text = (ending: string): string =>
    result.outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  return { script: text('.js'), style: text('.css') };
}

/** A page like the one VS Code makes: same policy, the theme as variables, `acquireVsCodeApi` once. */
export function pageHtml(theme: ThemeName): string {
  const policy = `default-src 'none'; script-src 'nonce-${NONCE}'; style-src http://127.0.0.1:* 'nonce-${NONCE}'; img-src 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${NONCE}">
<title>Question panel</title>
<link rel="stylesheet" href="/theme.css?${theme}">
<link rel="stylesheet" href="/panel.css">
</head>
<body class="${THEMES[theme].bodyClass}">
<script nonce="${NONCE}">
${EDITOR_KEYS_SCRIPT}
  let state = JSON.parse(sessionStorage.getItem('state') ?? 'null');
  let acquired = false;
  window.acquireVsCodeApi = () => {
    if (acquired) throw new Error('acquireVsCodeApi was called twice');
    acquired = true;
    return {
      postMessage: (message) => { noteListening(message); window.toHost(message); },
      getState: () => state,
      setState: (next) => { state = next; sessionStorage.setItem('state', JSON.stringify(next)); },
    };
  };
  window.deliver = (message) => {
    const matrix = message.question?.matrix;
    if (matrix) matrix.values = Float32Array.from(matrix.values);
    window.postMessage(message, '*');
  };
</script>
<script type="module" nonce="${NONCE}" src="/panel.js"></script>
</body>
</html>`;
}

export function themeCss(theme: ThemeName): string {
  const variables = Object.entries({ ...COMMON_VARIABLES, ...THEMES[theme].variables });
  return `:root { ${variables.map(([name, value]) => `--vscode-${name}: ${value};`).join(' ')} }`;
}

/** Serves the panel on loopback. */
export async function servePanel(bundle: Bundle): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const theme = themeNamed(url.search.slice(1));
    const [type, body] =
      url.pathname === '/panel.js'
        ? ['text/javascript', bundle.script]
        : url.pathname === '/panel.css'
          ? ['text/css', bundle.style]
          : url.pathname === '/theme.css'
            ? ['text/css', themeCss(theme)]
            : ['text/html', pageHtml(theme)];
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function themeNamed(name: string): ThemeName {
  return name === 'light' || name === 'highContrast' || name === 'highContrastLight'
    ? name
    : 'dark';
}

export interface OpenPanel {
  page: Page;
  /** What the panel asked for, without the context, which it asks for by itself. */
  requests: PanelRequest[];
  errors: string[];
  send: (message: ToPanel) => Promise<void>;
  /** Set to refuse requests with a message, or to leave them without an answer. */
  answer: { refuse?: string; silent?: boolean };
}

/** Opens the panel on a question with a small host behind it that carries out overrides, undo and redo. */
export async function openPanel(
  browser: Browser,
  url: string,
  start: PanelQuestion,
  view: {
    theme?: ThemeName;
    width?: number;
    height?: number;
    scale?: number;
    context?: PanelContext;
  } = {},
): Promise<OpenPanel> {
  const page = await browser.newPage({
    viewport: { width: view.width ?? 1400, height: view.height ?? 860 },
    deviceScaleFactor: view.scale ?? 1,
  });
  const past: PanelQuestion[] = [];
  const future: PanelQuestion[] = [];
  let question = start;
  const panel: OpenPanel = {
    page,
    requests: [],
    errors: [],
    answer: {},
    send: async (message) => {
      await page.evaluate(`deliver(${JSON.stringify(message, plainArrays)})`);
    },
  };
  page.on('pageerror', (error) => panel.errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') panel.errors.push(message.text());
  });
  const show = async (): Promise<void> => {
    question = { ...question, canUndo: past.length > 0, canRedo: future.length > 0 };
    await panel.send({ type: 'question', question });
  };
  const carryOut = (body: PanelRequest): void => {
    if (body.type === 'override') {
      past.push(question);
      future.length = 0;
      question = overridden(question, body);
    } else if (body.type === 'undo' || body.type === 'redo') {
      const [from, to] = body.type === 'undo' ? [past, future] : [future, past];
      const other = from.pop();
      if (other === undefined) return;
      to.push(question);
      question = other;
    } else if (body.type === 'decide') {
      past.push(question);
      future.length = 0;
      question = decided(question, body.decision);
    } else if (body.type === 'navigate') {
      const at = question.position.at + body.by;
      question = { ...question, questionId: `q-${at}`, position: { ...question.position, at } };
    }
  };
  await page.exposeFunction('toHost', async (message: FromPanel) => {
    if (message.type === 'ready') {
      await panel.send({ type: 'keys', keys: PANEL_KEYS });
      await show();
      return;
    }
    if (message.type === 'listening') {
      await panel.send(message);
      return;
    }
    if (message.body.type !== 'context') panel.requests.push(message.body);
    const { request } = message;
    if (panel.answer.silent === true) return;
    if (panel.answer.refuse !== undefined) {
      await panel.send({ type: 'reply', request, ok: false, message: panel.answer.refuse });
      return;
    }
    if (message.body.type === 'context') {
      const { questionId } = message.body;
      await panel.send({ type: 'context', questionId, context: view.context ?? contextOf(start) });
    } else {
      carryOut(message.body);
      await show();
    }
    await panel.send({ type: 'reply', request, ok: true });
  });
  await page.goto(`${url}?${view.theme ?? 'dark'}`);
  await page.locator('h1').waitFor();
  return panel;
}

function decided(question: PanelQuestion, decision: PanelVerdict): PanelQuestion {
  const made: PanelDecision = {
    id: String(question.decisions.length),
    kind: decision.kind,
    reviewer: question.reviewer,
    at: '2026-03-02T14:03:00Z',
    text: decision.kind === 'note' ? `noted: ${decision.note}` : decision.kind,
  };
  const { chosen, rejected } = question.pair;
  const isFlag = decision.kind === 'flag' || decision.kind === 'unflag';
  return {
    ...question,
    decisions: [...question.decisions, made],
    flagged: isFlag ? decision.kind === 'flag' : question.flagged,
    pair:
      decision.kind === 'swap'
        ? { ...question.pair, chosen: rejected, rejected: chosen }
        : question.pair,
  };
}

function overridden(
  question: PanelQuestion,
  body: Extract<PanelRequest, { type: 'override' }>,
): PanelQuestion {
  const by = {
    kind: 'reviewer' as const,
    reviewer: question.reviewer,
    at: '2026-03-02T14:03:00Z',
    ...(body.reason === undefined ? {} : { reason: body.reason }),
  };
  const chosen = body.chosen === undefined ? question.pair.chosen : { index: body.chosen, by };
  const rejected =
    body.rejected === undefined ? question.pair.rejected : { index: body.rejected, by };
  const score = (index: number | undefined): number =>
    question.trajectories.find((trajectory) => trajectory.index === index)?.score ?? 0;
  const text = `chosen #${chosen?.index ?? '-'}, rejected #${rejected?.index ?? '-'}`;
  const decision: PanelDecision = {
    id: String(question.decisions.length),
    kind: 'override',
    reviewer: by.reviewer,
    at: by.at,
    text,
    ...(body.reason === undefined ? {} : { reason: body.reason }),
  };
  return {
    ...question,
    pair: {
      ...question.pair,
      chosen,
      rejected,
      margin: score(chosen?.index) - score(rejected?.index),
    },
    decisions: [...question.decisions, decision],
  };
}

function plainArrays(_key: string, value: unknown): unknown {
  return value instanceof Float32Array ? [...value] : value;
}
