import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runStage } from '../../../src/stage.ts';
import type { StageEnvironment, StageRequest } from '../../../src/stageRequest.ts';
import { runNamedStage } from '../../../src/stages.ts';
import { indexStudy } from '../../../src/study/studyIndex.ts';
import { startChatServer } from '../../support/chatServer.ts';
import { studyWith } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';

const SOURCE = fileURLToPath(new URL('../../../src', import.meta.url));

/** Source files outside evaluation in which the pattern stands. */
async function filesWith(pattern: RegExp): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(SOURCE, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !pattern.test(await readFile(path, 'utf8'))) continue;
    found.push(relative(SOURCE, path).split(sep).join('/'));
  }
  return found.filter((path) => !path.startsWith('evaluation/'));
}

test('only evaluation reads gold answers, and only what writes the file knows its path beside it', async () => {
  assert.deepEqual(await filesWith(/\breadAnswers\b|evaluation\/answers\.ts/), []);
  assert.deepEqual(await filesWith(/['"]answers\.jsonl['"]|\/answers\.jsonl/), [
    'synthesis/answersFile.ts',
  ]);
  const writer = await readFile(join(SOURCE, 'synthesis/answersFile.ts'), 'utf8');
  assert.doesNotMatch(writer, /readFile|readRecord|readAll|createReadStream|\bopen\(/);
});

test('every other stage goes through where answers.jsonl cannot be opened, and the report does not', () =>
  withFolder(async (folder) => {
    const study = await studyWith(folder, ['a', 'b'], ['sampling.n=4']);
    // A folder of that name fails whoever opens it as a file, also root.
    await mkdir(join(folder, 'answers.jsonl'));
    const server = await startChatServer();
    const environment: StageEnvironment = {
      endpoint: { baseUrl: server.url, limits: { maxConcurrency: 2 } },
      modelCache: folder,
      allowDownload: false,
      embeddingWorker: 'none:',
    };
    const settings = [{ path: ['scoring', 'scorer'], value: 'mbr_rouge' }];
    const run = (request: StageRequest) =>
      runStage(runNamedStage(request, environment, new AbortController().signal));
    const base = { study: folder, settings };
    try {
      await run({ ...base, verb: 'sample' });
      await run({ ...base, verb: 'score' });
      await run({ ...base, verb: 'pairs' });
      await run({ ...base, verb: 'export', format: 'trl' });
      await run({ ...base, verb: 'report', synthesis: true });
      assert.equal((await indexStudy(study)).questions.size, 2);
      await assert.rejects(run({ ...base, verb: 'report' }), /answers\.jsonl/);
    } finally {
      await server.close();
    }
  }));
