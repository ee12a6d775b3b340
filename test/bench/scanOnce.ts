import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { Queues } from '../../src/editor/queue/queues.ts';
import { ScanClient, type Scanner } from '../../src/editor/store/scanClient.ts';
import { TimeSlices } from '../../src/editor/store/timeSlices.ts';
import { viewSchema, type View } from '../../src/review/view.ts';
import { ROOT } from '../e2e/support/requirements.ts';
import { follow } from '../unit/editor/store/followed.ts';
import type { ScanTimes } from './scanTimes.ts';

/** Reads the study named on the command line, sorts and filters it as the editor does, and prints its ScanTimes. */
const [dir = ''] = process.argv.slice(2);
const client = new ScanClient(pathToFileURL(join(ROOT, 'dist/scanWorker.js')));
const sinceStart = () => performance.now() - start;
let firstRows: number | undefined;
const watched: Scanner = {
  cluster: (questions) => client.cluster(questions),
  scan: (study, marks, receiver, only) => {
    const batch: typeof receiver.batch = async (found) => {
      await receiver.batch(found);
      if (found.kind === 'questions') firstRows ??= sinceStart();
    };
    return client.scan(study, marks, { begin: receiver.begin, batch }, only);
  },
};
const slices = new TimeSlices();
const { study } = follow(dir, watched, slices);
const queues = new Queues({
  slices,
  reviewer: () => 'ada',
  memory: { get: <T>(_: string, other?: T) => other as T, update: () => Promise.resolve() },
});
const SORTED: Partial<View>[] = [
  { sort: [{ by: 'margin', descending: false }] },
  { sort: [{ by: 'id', descending: true }] },
  { sort: [{ by: 'entropy', descending: true }] },
];
const FILTERED: Partial<View>[] = [
  { filter: { margin: { max: 0.1 } } },
  { filter: { text: 'el' } },
  { filter: { minority_chosen: true } },
];

const blocks = monitorEventLoopDelay({ resolution: 1 });
let longestUs = 0;
let before = threadUs();
const turns = setInterval(() => {
  const now = threadUs();
  longestUs = Math.max(longestUs, now - before);
  before = now;
}, 1);
const memory = { before: megabytes(), peak: 0, after: 0 };
const watch = setInterval(() => {
  memory.peak = Math.max(memory.peak, megabytes());
}, 20);
blocks.enable();
const start = performance.now();
await study.refresh();
const whole = sinceStart();
await study.allClustered();
const clustered = sinceStart();
await queues.prepare(study);
const [sorted, filtered] = [await timed(SORTED), await timed(FILTERED)];
const [block, blockCpu] = [blocks.max / 1e6, longestUs / 1e3];
clearInterval(watch);
memory.after = megabytes();

blocks.reset();
longestUs = 0;
await delay(Math.min(whole, 3000));
clearInterval(turns);
const times: ScanTimes = {
  firstRows: firstRows ?? NaN,
  whole,
  clustered,
  sorted,
  filtered,
  block,
  blockCpu,
  idleBlock: blocks.max / 1e6,
  idleBlockCpu: longestUs / 1e3,
  memory,
};
process.stdout.write(`${JSON.stringify(times)}\n`);
client.dispose();

async function timed(views: readonly Partial<View>[]): Promise<number[]> {
  const times: number[] = [];
  for (const view of views) {
    const asked = performance.now();
    await queues.use(study.dir, { view: viewSchema.parse(view) });
    const { ids } = await queues.of(study);
    times.push(performance.now() - asked);
    if (ids.length === 0) throw new Error(`No question is in the view ${JSON.stringify(view)}.`);
  }
  return times;
}

function threadUs(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

function megabytes(): number {
  return process.memoryUsage.rss() / 1e6;
}
