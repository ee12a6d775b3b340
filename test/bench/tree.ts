import { createReadStream } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { studyFiles } from '../../src/study/scan.ts';
import { studyPaths } from '../../src/study/study.ts';
import { runProgram } from '../e2e/support/programs.ts';
import { until } from '../e2e/support/until.ts';
import { writeBigStudy, type BigStudy } from '../support/bigStudy.ts';
import {
  firstProbeLine,
  longestBlock,
  probeLines,
  startBenchEditor,
  type BenchEditor,
  type ProbeLine,
} from './benchEditor.ts';
import { compare, figureOf, given, progress, report, type Comparison } from './comparison.ts';
import { FIRST_ROWS, WHOLE, watchPaint } from './paint.ts';
import { scanTimesSchema, type ScanTimes } from './scanTimes.ts';

/** How fast a study of 2,048 questions x 32 trajectories shows itself, beside plainly reading the bytes of its files. */
const RUNS = 5;
const CALM_MS = 2000;
const AT_REST_LINES = 40;

/** What one window saw, in ms. */
interface Paint {
  firstRows: number;
  whole: number;
  /** First rows when the view is opened again, with all in memory. */
  again: number;
  blocks: Record<'resting' | 'activating' | 'reading', { wall: number; cpu: number }>;
}

async function main(): Promise<void> {
  const editor = await startBenchEditor();
  try {
    progress('writing the study');
    const big = await writeBigStudy(join(editor.folder, 'big'));
    // From here on the files are in the system's cache for all alike.
    await readPlainly(big);
    const plain: number[] = [];
    const paints: Paint[] = [];
    for (let run = 0; run < RUNS; run++) {
      const paint = await paintOnce(editor, big, run);
      plain.push(await readPlainly(big));
      paints.push(paint);
      progress(`window ${run + 1} of ${RUNS}: first rows ${paint.firstRows.toFixed(0)} ms`);
    }
    const scans: ScanTimes[] = [];
    for (let run = 0; run < RUNS; run++) {
      const scan = await scanOnce(big);
      plain.push(await readPlainly(big));
      scans.push(scan);
      progress(`scan ${run + 1} of ${RUNS}: ${scan.whole.toFixed(0)} ms`);
    }
    report(comparisonsOf(paints, scans, plain), [
      `The study has ${(big.bytes / 1e6).toFixed(0)} MB. Each window opens the view with the extension not yet active and nothing read; rows count when the frame that shows them was painted.`,
      'Blocks are the longest time between two turns of the event loop; CPU ms count only what the thread itself worked in it.',
    ]);
  } finally {
    await editor.stop();
  }
}

function comparisonsOf(
  paints: readonly Paint[],
  scans: readonly ScanTimes[],
  plain: readonly number[],
): Comparison[] {
  const reading = figureOf('plain reading of the same files', 'ms', plain);
  const inWindow = (what: string, pick: (paint: Paint) => number) =>
    figureOf(what, 'ms', paints.map(pick));
  const inNode = (what: string, pick: (scan: ScanTimes) => number) =>
    figureOf(what, 'ms', scans.map(pick));
  const hostBlocks = (stage: 'activating' | 'reading', what: string, aim?: string) =>
    (['wall', 'cpu'] as const).map((clock) => {
      const figure = (of: keyof Paint['blocks'], name: string) => {
        const values = paints.map(({ blocks }) => blocks[of][clock]);
        return figureOf(name, clock === 'cpu' ? 'CPU ms' : 'ms', values);
      };
      return compare(
        `longest block of the extension host, ${stage}`,
        figure(stage, what),
        figure('resting', 'the same host at rest'),
        aim,
      );
    });
  return [
    compare(
      'first rows of the tree',
      inWindow('from the click that opens the view, extension not active', (run) => run.firstRows),
      reading,
      'under 500 ms',
    ),
    compare(
      'first rows of the tree, opened again',
      inWindow('from the click that opens the view, study in memory', (run) => run.again),
      reading,
      'under 500 ms',
    ),
    compare(
      'the whole tree',
      inWindow('from the first click until all is read and counted', (run) => run.whole),
      reading,
    ),
    ...hostBlocks('activating', 'loading and starting the extension, once a window'),
    ...hostBlocks('reading', 'reading the study and giving rows to the editor', 'under 50 ms'),
    compare(
      'first questions, without the editor',
      inNode('from the request to the first questions', (run) => run.firstRows),
      reading,
    ),
    compare(
      'the whole study, without the editor',
      inNode('reading, checking and indexing', (run) => run.whole),
      reading,
    ),
    compare(
      'longest block, without the editor',
      inNode('of the thread that keeps the study', (run) => run.block),
      inNode('the same process at rest', (run) => run.idleBlock),
      'under 50 ms',
    ),
    compare(
      'longest block, without the editor',
      figureOf(
        'of the thread that keeps the study',
        'CPU ms',
        scans.map((run) => run.blockCpu),
      ),
      figureOf(
        'the same process at rest',
        'CPU ms',
        scans.map((run) => run.idleBlockCpu),
      ),
      'under 50 ms',
    ),
  ];
}

async function paintOnce(editor: BenchEditor, big: BigStudy, run: number): Promise<Paint> {
  const { config } = studyPaths(big.dir);
  const hidden = `${config}.hidden`;
  const out = join(editor.folder, `loop-${run}.jsonl`);
  await writeFile(join(big.dir, 'probe.json'), JSON.stringify({ task: 'loop', out }));
  // No study yet: the extension is not active, and nothing is read before the view opens.
  await rename(config, hidden);
  const page = await editor.open(big.dir);
  try {
    await firstProbeLine(out);
    await delay(CALM_MS);
    await rename(hidden, config);
    const { clickedAt, firstRows, whole } = await openView(page);
    const end = clickedAt + whole + 100;
    const lines = await until('the last line of the probe', async () => {
      const all = await probeLines(out);
      return all.some(({ at }) => at > end) && all;
    });
    await page.locator('.activitybar a.action-label[aria-label^="Explorer"]').click();
    await page.locator('.explorer-folders-view').waitFor();
    const again = await openView(page);
    return { firstRows, whole, again: again.firstRows, blocks: blocksOf(lines, clickedAt, end) };
  } finally {
    await editor.close(page);
  }
}

async function openView(
  page: Page,
): Promise<{ clickedAt: number; firstRows: number; whole: number }> {
  const painted = await watchPaint(page, 'mousedown', [FIRST_ROWS, WHOLE]);
  const clickedAt = Date.now();
  await page.locator('.activitybar a.action-label[aria-label^="SeaLong"]').click();
  const [firstRows = NaN, whole = NaN] = await painted();
  return { clickedAt, firstRows, whole };
}

function blocksOf(lines: readonly ProbeLine[], clickedAt: number, end: number): Paint['blocks'] {
  const before = lines.filter(({ at }) => at < clickedAt);
  const after = lines.filter(({ at }) => at >= clickedAt && at <= end);
  if (before.some(({ active }) => active === true))
    throw new Error('The extension was active before its view was opened.');
  // The line that first says so still covers the end of the activation.
  const active = after.findIndex((line) => line.active === true) + 1;
  return {
    resting: longestBlock(before.slice(-AT_REST_LINES)),
    activating: longestBlock(after.slice(0, active)),
    reading: longestBlock(after.slice(active)),
  };
}

async function scanOnce(big: BigStudy): Promise<ScanTimes> {
  const script = fileURLToPath(new URL('scanOnce.ts', import.meta.url));
  const said = await runProgram(given('SEALONG_NODE'), [script, big.dir]);
  return scanTimesSchema.parse(JSON.parse(said));
}

/** ms to stream the bytes of all its files, one after the other. */
async function readPlainly({ dir, bytes }: BigStudy): Promise<number> {
  const files = await studyFiles(studyPaths(dir));
  const start = performance.now();
  let read = 0;
  for (const { path } of files)
    for await (const chunk of createReadStream(path))
      if (Buffer.isBuffer(chunk)) read += chunk.length;
  const ms = performance.now() - start;
  if (read < bytes) throw new Error(`${dir} has ${read} bytes, where ${bytes} were written.`);
  return ms;
}

await main();
