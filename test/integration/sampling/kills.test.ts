import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { z } from 'zod';
import { seededRandom } from '../../../src/random.ts';
import { readAllRecords } from '../../../src/records/jsonl.ts';
import { trajectorySchema } from '../../../src/records/schemas.ts';
import { startSimulatedServer } from '../../support/simulatedServer.ts';
import { studyWith } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';

const KILLS = 200;
const IDS = Array.from({ length: 40 }, (_, at) => `q${at}`);
const N = 64;

let script = '';
let release: () => void = () => undefined;
before(async () => {
  // One file starts several times faster than the sources one by one, and here it starts some hundred times.
  await new Promise<void>((ready, reject) => {
    void withFolder(async (folder) => {
      script = join(folder, 'killedRun.mjs');
      await build({
        entryPoints: [new URL('./killedRun.ts', import.meta.url).pathname],
        bundle: true,
        platform: 'node',
        format: 'esm',
        outfile: script,
      });
      ready();
      await new Promise<void>((resolve) => (release = resolve));
    }).catch(reject);
  });
});
after(() => {
  release();
});

function start(folder: string, url: string, maxChoices = 32): ChildProcess {
  return spawn(process.execPath, [script, folder, url, String(maxChoices)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function ended(child: ChildProcess): Promise<{ code: number | null; said: string }> {
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  assert.ok(child.stdout && child.stderr);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await closed, said: out + err };
}

async function keysOf(path: string): Promise<string[]> {
  const { records, problems } = await readAllRecords(path, trajectorySchema);
  assert.deepEqual(problems, []);
  return records.map(({ value }) => `${value.question_id} ${value.index}`);
}

test(`${KILLS} kills at random moments, with resumes, end with exactly N a question, none double`, async () => {
  const random = seededRandom(11, 'kills');
  const slow = { decodeMs: 15 };
  const server = await startSimulatedServer(slow);
  try {
    await withFolder(async (folder) => {
      const study = await studyWith(folder, IDS, [`sampling.n=${N}`]);
      const path = study.paths.trajectories;
      let bytes = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const asked = server.asked.length;
        const child = start(folder, server.url, random.below(2) === 0 ? 1 : 8);
        const end = ended(child);
        // At any moment of its life: while it starts, reads, asks or writes.
        if (random.below(4) > 0)
          while (server.asked.length === asked && child.exitCode === null) await delay(2);
        await delay(random.below(60));
        child.kill('SIGKILL');
        const { code, said } = await end;
        assert.equal(code, null, `it ended by itself before kill ${kill}: ${said}`);
        const file = await readFile(path).catch(() => Buffer.alloc(0));
        assert.ok(file.length >= bytes, 'nothing that was written is lost');
        bytes = file.lastIndexOf(0x0a) + 1;
        // Kills seldom meet a write, so a line is torn by hand now and then.
        if (kill % 20 === 7) await appendFile(path, '{"question_id": "q0", "index": 3, "te');
      }
      assert.ok((await keysOf(path)).length < IDS.length * N, 'each run had something to do');
      slow.decodeMs = 0;
      const { code, said } = await ended(start(folder, server.url));
      assert.equal(code, 0, said);
      const keys = await keysOf(path);
      const wanted = IDS.flatMap((id) => Array.from({ length: N }, (_, index) => `${id} ${index}`));
      assert.deepEqual(keys.sort(), wanted.sort());
      const summary = z.object({ trajectories: z.number() }).parse(JSON.parse(said));
      assert.equal(summary.trajectories, IDS.length * N);
      const again = await ended(start(folder, server.url));
      assert.match(again.said, /"added":0/);
    });
  } finally {
    await server.close();
  }
});

test('a second process is refused with who holds the study, and takes over when that one is killed', async () => {
  const server = await startSimulatedServer({ decodeMs: 400 });
  try {
    await withFolder(async (folder) => {
      await studyWith(folder, ['a', 'b', 'c'], ['sampling.n=32']);
      const first = start(folder, server.url);
      const firstEnd = ended(first);
      while (server.asked.length === 0) await delay(5);
      const refused = await ended(start(folder, server.url));
      assert.equal(refused.code, 1);
      assert.match(refused.said, new RegExp(`process ${first.pid ?? 0} on .*, since 20`));
      first.kill('SIGKILL');
      await firstEnd;
      const second = await ended(start(folder, server.url));
      assert.equal(second.code, 0, second.said);
      assert.equal((await keysOf(join(folder, 'trajectories.jsonl'))).length, 96);
    });
  } finally {
    await server.close();
  }
});
