import {
  chromium,
  type Browser,
  type ConsoleMessage,
  type Page,
  type Request,
} from 'playwright-core';
import { PATIENCE_MS } from './until.ts';

const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
  '--force-color-profile=srgb',
  // Names are not looked up at all: a request that should not be made fails as well.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** What a page did besides what the test asked it to. */
export interface Watch {
  /** Requests to any host but 127.0.0.1. */
  offsite: string[];
  /** Uncaught exceptions, and console errors of the extension's host and webviews. */
  errors: string[];
  /** The whole console, for the report of a failure. */
  console: string[];
}

export interface WatchedBrowser {
  newPage: (size?: { width: number; height: number }) => Promise<Page>;
  watch: Watch;
  close: () => Promise<void>;
}

export async function startBrowser(executablePath: string): Promise<WatchedBrowser> {
  const browser: Browser = await chromium.launch({ executablePath, args: FLAGS });
  const watch: Watch = { offsite: [], errors: [], console: [] };
  return {
    watch,
    newPage: async (size = { width: 1440, height: 900 }) => {
      const context = await browser.newContext({ viewport: size });
      context.on('request', (request) => {
        if (isOffsite(request)) watch.offsite.push(request.url());
      });
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      page.on('console', (message) => {
        watch.console.push(`${message.type()}: ${message.text()} (${message.location().url})`);
        if (isOurError(message)) watch.errors.push(message.text());
      });
      page.on('pageerror', (error) => watch.errors.push(error.stack ?? error.message));
      return page;
    },
    close: () => browser.close(),
  };
}

/**
 * The editor gives a webview's files addresses at a host that does not exist, and answers these requests itself in a
 * service worker.
 */
const ANSWERED_BY_EDITOR = /(^|\.)vscode-resource\.vscode-cdn\.net$/;

function isOffsite(request: Request): boolean {
  const { protocol, hostname } = new URL(request.url());
  if (!/^(https?|wss?):$/.test(protocol) || hostname === '127.0.0.1') return false;
  return !ANSWERED_BY_EDITOR.test(hostname);
}

/** The editor says this of every extension whose libraries ask what they run in. */
const HARMLESS = 'PendingMigrationError: navigator is now a global';

/** An error of the extension's host names the extension by its folder or id, one of a webview comes from its script. */
function isOurError(message: ConsoleMessage): boolean {
  const text = message.text();
  if (message.type() !== 'error' || text.includes(HARMLESS)) return false;
  return text.includes('sealong.sealong') || message.location().url.includes('/dist/webview/');
}
