import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { SealongError } from '../../../src/errors.ts';
import { synthesize } from '../../../src/synthesis/synthesize.ts';
import type { TokenCounter } from '../../../src/tokenizers/tokenCounter.ts';
import { idsOf, row, rowsOf, run, withPlace, words } from './runs.ts';

describe('questions that are there already', () => {
  test('others are not replaced while there are samples of them, unless asked for', () =>
    withPlace(async ({ study, source, dir, read }) => {
      const path = await source(rowsOf('a', 'b'));
      await run(study(), path);
      const old = await read('questions.jsonl');
      const oldAnswers = await read('answers.jsonl');
      await writeFile(study().paths.trajectories, '{}\n');
      const other = await source(rowsOf('c'));
      const changed = await source(`${row('a', 'changed')}\n${row('b')}\n`);
      for (const attempt of [
        () => run(study({ seed: 1 }), path),
        () => run(study({ max: 99 }), path),
        () => run(study(), path, { counter: { ...words, id: 'other' } }),
        () => run(study(), other),
        () => run(study(), changed),
        async () => run(study(), await source(rowsOf('a'))),
      ])
        await assert.rejects(attempt, { code: 'would_orphan', message: /new study.*--replace/ });
      assert.equal(await read('questions.jsonl'), old);
      assert.equal(await read('answers.jsonl'), oldAnswers);

      const { summary, warnings } = await run(study(), other, { replace: true });
      assert.deepEqual([summary.questions, summary.added], [1, 1]);
      assert.deepEqual(await idsOf(study()), ['c']);
      const copies = (await readdir(dir)).filter((name) => name.endsWith('.bak')).sort();
      assert.equal(copies.length, 2);
      assert.match(copies[1] ?? '', /^questions\.[0-9a-f]{16}\.jsonl\.bak$/);
      assert.equal(await read(copies[1] ?? ''), old);
      assert.equal(await read(copies[0] ?? ''), oldAnswers);
      assert.match(warnings.join('\n'), /still holds samples of the old ones/);
    }));

  test('without samples they are replaced, and answers to them do not stay', () =>
    withPlace(async ({ study, source, dir }) => {
      await run(study(), await source(rowsOf('a', 'b')));
      const { id, question, documents } = { id: 'a', question: 'q', documents: ['d'] };
      await run(study(), await source(JSON.stringify({ id, question, documents })));
      assert.deepEqual(await idsOf(study()), ['a']);
      assert.deepEqual((await readdir(dir)).sort(), [
        '.sealong',
        'questions.jsonl',
        'sealong.json',
        'synthesis.json',
      ]);
    }));

  test('a copy of questions made by hand is kept', () =>
    withPlace(async ({ study, source, dir, read }) => {
      const record = { id: 'x', question: 'q', context: 'c', context_tokens: 1, documents: [] };
      const byHand = `${JSON.stringify(record)}\n`;
      await writeFile(study().paths.questions, byHand);
      await run(study(), await source(rowsOf('a')));
      const [copy] = (await readdir(dir)).filter((name) => name.endsWith('.bak'));
      assert.equal(await read(copy ?? ''), byHand);
    }));
});

describe('interruption', () => {
  const failingAfter = (texts: number, fail: () => void): TokenCounter => {
    let counted = 0;
    return {
      id: 'words',
      count: (text) => {
        if (++counted > texts) fail();
        return words.count(text);
      },
    };
  };

  test('what was made is kept, and the next run goes on to the same bytes', () =>
    withPlace(async ({ study, source, read, dir }) => {
      const path = await source(rowsOf('a', 'b', 'c', 'd'));
      const stop = new AbortController();
      const counter = failingAfter(1, () => {
        stop.abort();
      });
      await assert.rejects(run(study(), path, { counter, signal: stop.signal }), {
        name: 'AbortError',
      });
      assert.deepEqual(await idsOf(study()), ['a', 'b']);
      const fails = failingAfter(1, () => {
        throw new SealongError('server_unreachable', 'gone');
      });
      await assert.rejects(run(study(), path, { counter: fails }), { code: 'server_unreachable' });
      assert.deepEqual(await idsOf(study()), ['a', 'b', 'c']);
      await run(study(), path);
      const resumed = await read('questions.jsonl');
      const answers = await read('answers.jsonl');
      await run(study({ seed: 1 }), path);
      await run(study(), path);
      assert.equal(await read('questions.jsonl'), resumed);
      assert.equal(await read('answers.jsonl'), answers);
      assert.deepEqual(await readdir(join(dir, '.sealong')), ['.gitignore']);
    }));

  test('an interrupted replacement leaves the old questions', () =>
    withPlace(async ({ study, source, read }) => {
      const path = await source(rowsOf('a', 'b', 'c'));
      await run(study(), path);
      const old = await read('questions.jsonl');
      const counter = failingAfter(1, () => {
        throw new SealongError('server_unreachable', 'gone');
      });
      await assert.rejects(run(study({ seed: 1 }), path, { counter }), {
        code: 'server_unreachable',
      });
      assert.equal(await read('questions.jsonl'), old);
    }));

  test('a reader that leaves early stops the work and frees the lock', () =>
    withPlace(async ({ study, source, dir }) => {
      const path = await source(rowsOf('a', 'b', 'c'));
      const { signal } = new AbortController();
      for await (const event of synthesize(study(), { path }, { counter: words }, { signal })) {
        assert.equal(event.type, 'progress');
        break;
      }
      assert.deepEqual(await readdir(join(dir, '.sealong')), ['.gitignore']);
    }));

  test('two runs on one study do not mix', () =>
    withPlace(async ({ study, source }) => {
      const path = await source(rowsOf('a', 'b'));
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      const slow: TokenCounter = {
        id: 'words',
        count: async (text) => {
          await held;
          return words.count(text);
        },
      };
      const first = run(study(), path, { counter: slow });
      while (
        !(await readdir(join(study().paths.local)).catch((): string[] => [])).includes(
          'synthesize.lock',
        )
      )
        await new Promise((resolve) => setTimeout(resolve, 2));
      await assert.rejects(run(study(), path), { code: 'busy' });
      release();
      assert.equal((await first).summary.questions, 2);
    }));
});
