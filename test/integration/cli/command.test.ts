import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { z } from 'zod';
import { readAllRecords } from '../../../src/records/jsonl.ts';
import { trajectorySchema } from '../../../src/records/schemas.ts';
import { seededRandom } from '../../../src/random.ts';
import { goodAnswer, startChatServer } from '../../support/chatServer.ts';
import { ended, run, start, summaryOf } from '../../support/commandRun.ts';
import { studyWith } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';

async function trajectories(folder: string) {
  const { records } = await readAllRecords(join(folder, 'trajectories.jsonl'), trajectorySchema);
  return records.map(({ value }) => value);
}

test('the verbs do the whole job on one study, each with one JSON object on stdout', async () => {
  const server = await startChatServer();
  try {
    await withFolder(async (folder) => {
      const study = join(folder, 'study');
      const source = join(folder, 'source.jsonl');
      const words = ['Wye', 'Ada', 'in', '1892', 'Passage', '1', '2', ':'];
      await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(wordTokenizer(words)));
      await writeFile(
        source,
        ['1', '2']
          .map(
            (id) =>
              JSON.stringify({
                id,
                question: `Who? ${id}`,
                documents: [{ title: 'Wye', text: 'Ada in 1892' }],
                answers: ['answer'],
              }) + '\n',
          )
          .join(''),
      );
      const settings = [
        'sampling.model=scripted',
        'sampling.n=4',
        'scoring.scorer=random',
        `questions.tokenizer=${join(folder, 'tokenizer.json')}`,
      ];
      const flags = settings.flatMap((setting) => ['--set', setting]);
      assert.equal(summaryOf(await run(['init', study, ...flags], folder))['stage'], 'init');
      assert.equal(
        summaryOf(await run(['synthesize', study, '--from', source], folder))['questions'],
        2,
      );
      const sampled = await run(['sample', study, '--endpoint', server.url], folder);
      assert.equal(summaryOf(sampled)['added'], 8);
      assert.match(sampled.err, /8 of 8/);
      assert.equal(summaryOf(await run(['score', study], folder))['scored'], 2);
      assert.equal(
        z.array(z.unknown()).parse(summaryOf(await run(['pairs', study], folder))['pairs']).length,
        2,
      );
      assert.equal(
        summaryOf(await run(['export', study, '--format', 'trl', '--out', 'x'], folder))['rows'],
        2,
      );
      const report = z
        .object({ oracle: z.number() })
        .parse(summaryOf(await run(['report', study], folder))['sub_em']);
      assert.equal(report.oracle, 100);
      const again = summaryOf(
        await run(['sample', study, '--endpoint', new URL(server.url).origin], folder),
      );
      assert.equal(again['added'], 0, 'nothing is taken twice');
    });
  } finally {
    await server.close();
  }
});

test('wrong use is 2, a failure is 1 with what to do, help is 0, and no key is ever shown', async () => {
  await withFolder(async (folder) => {
    for (const args of [
      [],
      ['nonsense'],
      ['sample'],
      ['sample', folder, '--nope'],
      ['pairs', folder, '--format', 'trl'],
      ['sample', folder, '--concurrency', '0'],
    ]) {
      const result = await run(args, folder);
      assert.equal(result.code, 2, args.join(' '));
      assert.equal(result.out, '');
    }
    const noStudy = await run(['pairs', join(folder, 'nowhere')], folder);
    assert.equal(noStudy.code, 1);
    assert.match(noStudy.err, /sealong init/);
    await studyWith(folder, ['a']);
    const down = await run(['sample', folder, '--endpoint', 'http://127.0.0.1:1/v1'], folder);
    assert.equal(down.code, 1);
    assert.match(down.err, /^sealong: Could not reach 127\.0\.0\.1:1/m);
    assert.doesNotMatch(down.err + down.out, /sk-secret|at .*\.ts:/);
    const train = await run(['train', folder], folder);
    assert.equal(train.code, 1);
    assert.equal((await run(['sample', '--help'], folder)).code, 0);
    assert.match((await run(['--version'], folder)).out, /^\d+\.\d+\.\d+\n$/);
  });
});

test('an interrupt ends with 130 and keeps what is done', async () => {
  const server = await startChatServer((body, response, request) => {
    setTimeout(() => {
      goodAnswer(body, response, request);
    }, 50);
  });
  try {
    await withFolder(async (folder) => {
      await studyWith(folder, ['a', 'b', 'c'], ['sampling.n=32']);
      const child = start(
        ['sample', folder, '--endpoint', server.url, '--concurrency', '2'],
        folder,
      );
      const result = ended(child);
      while (server.requests.length < 6) await delay(10);
      child.kill('SIGINT');
      const { code, out, err } = await result;
      assert.equal(code, 130);
      assert.equal(out, '');
      assert.match(err, /run the same command to go on/);
      assert.ok((await trajectories(folder)).length >= 4);
    });
  } finally {
    await server.close();
  }
});

test('kills at random moments lose at most what is in flight, and the end is exactly N a question', async () => {
  const random = seededRandom(7, 'kills');
  const server = await startChatServer((body, response, request) => {
    setTimeout(() => {
      goodAnswer(body, response, request);
    }, 5);
  });
  try {
    await withFolder(async (folder) => {
      const ids = ['a', 'b', 'c'];
      await studyWith(folder, ids, ['sampling.n=40']);
      const args = ['sample', folder, '--endpoint', server.url, '--concurrency', '4'];
      let before = 0;
      for (let kill = 0; kill < 8; kill++) {
        const asked = server.requests.length;
        const child = start(args, folder);
        const result = ended(child);
        while (server.requests.length === asked && child.exitCode === null) await delay(5);
        await delay(random.below(60));
        child.kill('SIGKILL');
        await result;
        const now = (await trajectories(folder)).length;
        assert.ok(now >= before);
        before = now;
      }
      summaryOf(await run(args, folder));
      const keys = (await trajectories(folder)).map(
        ({ question_id, index }) => `${question_id} ${index}`,
      );
      assert.equal(keys.length, 120);
      assert.equal(new Set(keys).size, 120);
    });
  } finally {
    await server.close();
  }
});

/** A tokenizer of whole words, in the format of HuggingFace tokenizers. */
function wordTokenizer(words: readonly string[]): object {
  return {
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordLevel',
      unk_token: '?',
      vocab: Object.fromEntries(['?', ...words].map((word, id) => [word, id])),
    },
  };
}
