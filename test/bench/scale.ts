import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { studyPaths } from '../../src/study/study.ts';
import { runProgram } from '../e2e/support/programs.ts';
import { until } from '../e2e/support/until.ts';
import { Workbench } from '../e2e/support/workbench.ts';
import { writeBigStudy, type BigStudy, type BigStudyOptions } from '../support/bigStudy.ts';
import {
  firstProbeLine,
  longestBlock,
  probeLines,
  startBenchEditor,
  type BenchEditor,
} from './benchEditor.ts';
import { compare, figureOf, given, progress, report, type Comparison } from './comparison.ts';
import { FIRST_ROWS, WHOLE, viewed, watchPaint } from './paint.ts';
import { scanTimesSchema, type ScanTimes } from './scanTimes.ts';

/** How fast studies of the largest sizes show themselves, are sorted and filtered, and what they take of the host. */
const SIZES: Readonly<Record<string, BigStudyOptions>> = {
  '10,000 questions x 8': { questions: 10_000, n: 8, sentences: 14 },
  '2,048 questions x 128, 1 GB': { questions: 2048, n: 128, sentences: 40 },
};
const WINDOWS = 2;
const SCANS = 3;
const CALM_MS = 3000;
const AT_REST_LINES = 40;

/** What one window saw; times in ms, memory in MB. */
interface Seen {
  firstRows: number;
  whole: number;
  sorted: number;
  filtered: number;
  block: { wall: number; cpu: number };
  resting: { wall: number; cpu: number };
  memory: number;
  memoryBefore: number;
}

async function inWindow(editor: BenchEditor, big: BigStudy, out: string): Promise<Seen> {
  const { config } = studyPaths(big.dir);
  const hidden = `${config}.hidden`;
  await writeFile(join(big.dir, 'probe.json'), JSON.stringify({ task: 'loop', out }));
  // No study yet: the extension is not active, and nothing is read before the view opens.
  await rename(config, hidden);
  const page = await editor.open(big.dir);
  const workbench = new Workbench(page, { url: '' });
  try {
    await firstProbeLine(out);
    await delay(CALM_MS);
    const before = (await probeLines(out)).slice(-AT_REST_LINES);
    await rename(hidden, config);
    const opened = await watchPaint(page, 'mousedown', [FIRST_ROWS, WHOLE]);
    await page.locator('.activitybar a.action-label[aria-label^="SeaLong"]').click();
    const [firstRows = NaN, whole = NaN] = await opened();
    // Answers are put into clusters once all is read.
    await delay(CALM_MS);
    const sorted = await timePick(workbench, 'Sort Questions', 'Margin, smallest', 'by margin');
    const filtered = await timePick(
      workbench,
      'Filter Questions',
      'With truncated samples',
      'with truncated samples',
    );
    await page.keyboard.press('Escape');
    const end = Date.now();
    const lines = await until('the last line of the probe', async () => {
      const all = await probeLines(out);
      return all.some(({ at }) => at > end) && all;
    });
    const active = lines.findIndex((line) => line.active === true) + 1;
    return {
      firstRows,
      whole,
      sorted,
      filtered,
      block: longestBlock(lines.slice(active)),
      resting: longestBlock(before),
      memory: Math.max(...lines.map(({ memoryMb = NaN }) => memoryMb)),
      memoryBefore: Math.max(...before.map(({ memoryMb = NaN }) => memoryMb)),
    };
  } finally {
    await editor.close(page);
  }
}

/** ms from the key that takes a line of a list to the row of the study that says what its view shows. */
async function timePick(
  workbench: Workbench,
  command: string,
  line: string,
  title: string,
): Promise<number> {
  const { page } = workbench;
  await workbench.command(command);
  await workbench.quickInput.waitFor();
  await workbench.quickInput.fill(line);
  await workbench.line(line).waitFor();
  const painted = await watchPaint(page, 'keydown', [viewed(title)]);
  await page.keyboard.press('Enter');
  const [ms = NaN] = await painted();
  return ms;
}

function comparisonsOf(size: string, seen: readonly Seen[], scans: readonly ScanTimes[]) {
  const window = (what: string, unit: string, pick: (seen: Seen) => number) =>
    figureOf(what, unit, seen.map(pick));
  const node = (what: string, unit: string, pick: (scan: ScanTimes) => number[]) =>
    figureOf(what, unit, scans.flatMap(pick));
  const idle = node('the same process at rest', 'ms', ({ idleBlock }) => [idleBlock]);
  const resting = window('the same host at rest', 'ms', (of) => of.resting.wall);
  const restingCpu = window('the same host at rest', 'CPU ms', (of) => of.resting.cpu);
  const first = window('from the click that opens the view', 'ms', (of) => of.firstRows);
  const memoryBefore = window('before the view was opened', 'MB', (of) => of.memoryBefore);
  const comparisons: Comparison[] = [
    compare(`first rows of ${size}`, first, resting, 'under 500 ms'),
    compare(
      `the whole tree of ${size}`,
      window('from the click until all is read', 'ms', (of) => of.whole),
      first,
    ),
    compare(
      `sorting ${size}`,
      window('from the key to the row that says so', 'ms', (of) => of.sorted),
      resting,
    ),
    compare(
      `filtering ${size}`,
      window('from the key to the row that says so', 'ms', (of) => of.filtered),
      resting,
    ),
    compare(
      `longest block of the extension host, ${size}`,
      window('reading, sorting and filtering', 'ms', (of) => of.block.wall),
      resting,
      'under 50 ms',
    ),
    compare(
      `longest block of the extension host, ${size}`,
      window('reading, sorting and filtering', 'CPU ms', (of) => of.block.cpu),
      restingCpu,
      'under 50 ms',
    ),
    compare(
      `memory of the extension host, ${size}`,
      window('the whole process at its highest', 'MB', (of) => of.memory),
      memoryBefore,
      'under 300 MB',
    ),
    compare(
      `sorting ${size}, without the editor`,
      node('until its order is known', 'ms', ({ sorted }) => sorted),
      idle,
      'under 100 ms',
    ),
    compare(
      `filtering ${size}, without the editor`,
      node('until its questions are known', 'ms', ({ filtered }) => filtered),
      idle,
      'under 100 ms',
    ),
    compare(
      `answers of ${size} in clusters, without the editor`,
      node('from the request', 'ms', ({ clustered }) => [clustered]),
      node('reading, checking and indexing', 'ms', ({ whole }) => [whole]),
    ),
  ];
  return comparisons;
}

async function scanOnce(big: BigStudy): Promise<ScanTimes> {
  const script = fileURLToPath(new URL('scanOnce.ts', import.meta.url));
  const said = await runProgram(given('SEALONG_NODE'), [script, big.dir]);
  return scanTimesSchema.parse(JSON.parse(said));
}

const editor = await startBenchEditor();
try {
  const comparisons: Comparison[] = [];
  for (const [number, [size, options]] of Object.entries(SIZES).entries()) {
    progress(`writing ${size}`);
    const big = await writeBigStudy(join(editor.folder, `big-${number}`), options);
    const [seen, scans]: [Seen[], ScanTimes[]] = [[], []];
    for (let run = 0; run < WINDOWS; run++) {
      const out = join(editor.folder, `loop-${number}-${run}.jsonl`);
      seen.push(await inWindow(editor, big, out));
      progress(`window ${run + 1} of ${WINDOWS}: ${JSON.stringify(seen.at(-1))}`);
    }
    for (let run = 0; run < SCANS; run++) scans.push(await scanOnce(big));
    comparisons.push(...comparisonsOf(size, seen, scans));
    await rm(big.dir, { recursive: true });
  }
  report(comparisons, [
    'Each window opens the view with the extension not yet active and nothing read; rows count when the frame that shows them was painted.',
    'Memory is that of the whole process of the extension host, the extensions of the editor itself included, the process that reads studies not.',
  ]);
} finally {
  await editor.stop();
}
