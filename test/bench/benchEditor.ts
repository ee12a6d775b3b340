import { appendFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { startEditorServer, type EditorServer } from '../e2e/support/editorServer.ts';
import { runProgram } from '../e2e/support/programs.ts';
import { until } from '../e2e/support/until.ts';
import { startBrowser, type WatchedBrowser } from '../e2e/support/watchedBrowser.ts';
import { given } from './comparison.ts';

/** An editor with the packaged extension, an empty one, and a probe that measures in the extension host. */
export interface BenchEditor {
  /** A folder that goes with the editor. */
  folder: string;
  /** Opens a window of its own, with an extension host of its own. */
  open: (workspace: string) => Promise<Page>;
  /** Ends a window and its extension host. */
  close: (page: Page) => Promise<void>;
  stop: () => Promise<void>;
}

export async function startBenchEditor(
  settings: Readonly<Record<string, unknown>> = {},
): Promise<BenchEditor> {
  const folder = await mkdtemp(join(tmpdir(), 'sealong-bench-'));
  let server: EditorServer | undefined;
  let browser: WatchedBrowser | undefined;
  const stop = async () => {
    await browser?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    server = await serve(folder, settings);
    browser = await startBrowser(given('SEALONG_CHROMIUM'));
    const { url } = server;
    const { newPage } = browser;
    return {
      folder,
      open: async (workspace) => {
        const page = await newPage();
        await page.goto(`${url}/?folder=${encodeURI(workspace)}`);
        await page.locator('.monaco-workbench .activitybar').waitFor();
        return page;
      },
      close: async (page) => {
        // Left and not only closed: the server keeps the host of a window that merely vanished.
        await page.goto('about:blank');
        await page.context().close();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function serve(
  folder: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<EditorServer> {
  const [node, editor] = [given('SEALONG_NODE'), given('SEALONG_EDITOR')];
  const editorFolder = join(folder, 'editor');
  const cache = join(folder, 'cache');
  await mkdir(editorFolder);
  await mkdir(cache);
  await appendFile(join(editorFolder, 'config.yaml'), '');
  const folders = [
    ...['--user-data-dir', join(editorFolder, 'data')],
    ...['--extensions-dir', join(editorFolder, 'extensions')],
    ...['--config', join(editorFolder, 'config.yaml')],
  ];
  for (const extension of [given('SEALONG_BENCH_PROBE'), given('SEALONG_BENCH_EMPTY')])
    await runProgram(node, [editor, ...folders, '--install-extension', extension, '--force'], {
      env: { EXTENSIONS_GALLERY: '{}' },
    });
  return startEditorServer(
    { node, editor, chromium: '', embedded: '', vsix: given('SEALONG_VSIX') },
    { folder: editorFolder, cache, settings },
  );
}

const answerSchema = z.object({
  ms: z.record(z.string(), z.number()).optional(),
  at: z.number(),
  blockMs: z.number().optional(),
  blockCpuMs: z.number().optional(),
  active: z.boolean().optional(),
  memoryMb: z.number().optional(),
});
/**
 * A line that the probe wrote; `at` is the time of day in ms, `blockMs` the longest block since the line before,
 * `blockCpuMs` the longest in processor time of the host's thread, and `memoryMb` the resident memory of its process.
 */
export type ProbeLine = z.infer<typeof answerSchema>;

/** What the probe has written so far. */
export async function probeLines(file: string): Promise<ProbeLine[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  // The last line may be in the middle of being written.
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.filter(Boolean).map((line) => answerSchema.parse(JSON.parse(line)));
}

/** The longest blocks in some lines of the probe. */
export function longestBlock(lines: readonly ProbeLine[]): { wall: number; cpu: number } {
  return {
    wall: Math.max(...lines.map(({ blockMs = NaN }) => blockMs)),
    cpu: Math.max(...lines.map(({ blockCpuMs = NaN }) => blockCpuMs)),
  };
}

export async function firstProbeLine(file: string): Promise<ProbeLine> {
  return until('the probe in the extension host', async () => (await probeLines(file))[0], 60_000);
}
