import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { ScanClient, type Scanner } from '../../src/editor/store/scanClient.ts';
import { ROOT } from '../e2e/support/requirements.ts';
import { follow } from '../unit/editor/store/followed.ts';
import type { ScanTimes } from './scanTimes.ts';

/** Reads the study named on the command line and prints its ScanTimes. */
const [dir = ''] = process.argv.slice(2);
const client = new ScanClient(pathToFileURL(join(ROOT, 'dist/scanWorker.js')));
let firstRows: number | undefined;
const watched: Scanner = {
  scan: (study, marks, receiver) =>
    client.scan(study, marks, {
      begin: receiver.begin,
      batch: async (batch) => {
        await receiver.batch(batch);
        if (batch.entries.length > 0) firstRows ??= performance.now() - start;
      },
    }),
};
const { study } = follow(dir, watched);

const blocks = monitorEventLoopDelay({ resolution: 1 });
let longestUs = 0;
let before = threadUs();
const turns = setInterval(() => {
  const now = threadUs();
  longestUs = Math.max(longestUs, now - before);
  before = now;
}, 1);
blocks.enable();
const start = performance.now();
await study.refresh();
const whole = performance.now() - start;
const [block, blockCpu] = [blocks.max / 1e6, longestUs / 1e3];

blocks.reset();
longestUs = 0;
await delay(whole);
clearInterval(turns);
const times: ScanTimes = {
  firstRows: firstRows ?? NaN,
  whole,
  block,
  blockCpu,
  idleBlock: blocks.max / 1e6,
  idleBlockCpu: longestUs / 1e3,
};
process.stdout.write(`${JSON.stringify(times)}\n`);
client.dispose();

function threadUs(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
