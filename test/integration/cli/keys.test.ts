import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { EXPORT_FORMATS } from '../../../src/preference/formats/formats.ts';
import { goodAnswer, sendJson, startChatServer } from '../../support/chatServer.ts';
import { KEY, ended, run, start, summaryOf } from '../../support/commandRun.ts';
import { studyWith } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';

/** Files below a folder that hold the key, and how many were looked at. */
async function grep(folder: string): Promise<{ holding: string[]; files: string[] }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
  const holding: string[] = [];
  for (const path of files) if ((await readFile(path)).includes(KEY)) holding.push(path);
  return { holding, files };
}

test('the key is in no record, no export, no cache and nothing that is said, also of a run that is killed or fails', async () => {
  let failing = false;
  const seen = new Set<string | undefined>();
  const server = await startChatServer((body, response, request) => {
    seen.add(request.headers.authorization);
    // Servers repeat what they were sent.
    if (failing) sendJson(response, 400, { error: { message: `bad key ${KEY}` } });
    else
      setTimeout(() => {
        goodAnswer(body, response, request);
      }, 20);
  });
  try {
    await withFolder(async (folder) => {
      const said: string[] = [];
      const tell = (of: { out: string; err: string }) => {
        said.push(of.out, of.err);
      };
      const study = join(folder, 'study');
      await studyWith(study, ['a', 'b', 'c'], ['sampling.n=8', 'scoring.scorer=mbr_rouge']);
      const sample = ['sample', study, '--endpoint', server.url, '--concurrency', '2'];
      tell(await run(['test-endpoint', '--endpoint', server.url], folder));
      failing = true;
      const failed = await run(sample, folder);
      assert.equal(failed.code, 1);
      tell(failed);
      failing = false;
      const before = server.requests.length;
      const killed = start(sample, folder);
      const end = ended(killed);
      while (server.requests.length < before + 4) await delay(5);
      killed.kill('SIGKILL');
      tell(await end);
      const midway = await grep(folder);
      assert.ok(midway.files.some((path) => path.endsWith('sample.run.json')));
      assert.deepEqual(midway.holding, []);
      for (const args of [
        sample,
        ['score', study],
        ['pairs', study],
        ['report', study],
        ...EXPORT_FORMATS.map(({ name }) => ['export', study, '--format', name, '--out', name]),
      ]) {
        const result = await run(args, folder);
        summaryOf(result);
        tell(result);
      }
      const { holding, files } = await grep(folder);
      assert.deepEqual(holding, []);
      assert.ok(files.some((path) => path.endsWith('manifest.json')));
      assert.ok(!files.some((path) => path.endsWith('sample.run.json')), 'the run came to its end');
      assert.ok(!said.join('').includes(KEY));
      assert.deepEqual([...seen], [`Bearer ${KEY}`], 'it did reach the server');
    });
  } finally {
    await server.close();
  }
});
