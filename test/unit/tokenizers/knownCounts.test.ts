import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { KnownCounts, textKey } from '../../../src/tokenizers/knownCounts.ts';
import { TextCounts } from '../../../src/tokenizers/textCounts.ts';
import { counterFromFile } from '../../../src/tokenizers/tokenizerFile.ts';
import { withFolder } from '../../support/temporary.ts';
import { fixture, words } from '../synthesis/runs.ts';

const [a, b] = [textKey('a'), textKey('b')];

test('counts come back in the next run, and a torn record costs only itself', () =>
  withFolder(async (folder) => {
    const first = await KnownCounts.open(folder, 'one');
    first.set(a, 7);
    first.set(b, 70_000);
    await first.close();
    const [name = ''] = await readdir(folder);
    const path = join(folder, name);
    const whole = await readFile(path);
    for (let cut = 0; cut <= whole.length; cut++) {
      await writeFile(path, whole.subarray(0, cut));
      const known = await KnownCounts.open(folder, 'one');
      assert.equal(known.get(a), cut >= 20 ? 7 : undefined);
      assert.equal(known.get(b), cut >= 40 ? 70_000 : undefined);
      known.set(a, 7);
      known.set(b, 70_000);
      await known.close();
      assert.deepEqual(await readFile(path), whole);
    }
    await appendFile(path, 'torn');
    const other = await KnownCounts.open(folder, 'two');
    assert.equal(other.get(a), undefined);
    await other.close();
  }));

test('each text is counted once, however often and at how many places it is asked for', () =>
  withFolder(async (folder) => {
    const counted: string[] = [];
    const counter = {
      id: 'words',
      count: (text: string) => {
        counted.push(text);
        return words.count(text);
      },
    };
    const known = await KnownCounts.open(folder, 'words');
    const texts = new TextCounts(counter, known);
    assert.deepEqual(await texts.count(['a b', 'c', 'a b']), [2, 1, 2]);
    assert.deepEqual(await texts.count(['c', 'd e f']), [1, 3]);
    await texts.close();
    await known.close();
    assert.deepEqual(counted, ['a b', 'c', 'd e f']);
  }));

const entry = new URL('../../../src/tokenizers/tokenWorker.ts', import.meta.url);

test('threads count as this one does, and what they cannot count is told', () =>
  withFolder(async (folder) => {
    const counter = await counterFromFile(fixture('tokenizer.json'));
    const sentences = Array.from(
      { length: 3000 },
      (_, index) => `the ${String(index)} in the passage`,
    );
    const here = sentences.map((text) => counter.count(text));
    for (const size of [1, 3]) {
      const known = await KnownCounts.open(join(folder, String(size)), counter.id);
      const texts = new TextCounts(counter, known, { entry, size, fromCharacters: 1 });
      const halves = [sentences.slice(0, 2000), sentences.slice(1000)];
      const [first = [], second = []] = await Promise.all(halves.map((half) => texts.count(half)));
      assert.deepEqual([...first, ...second.slice(1000)], here);
      await texts.close();
      await known.close();
    }
    const known = await KnownCounts.open(join(folder, 'gone'), 'gone');
    const gone = { ...counter, file: join(folder, 'none.json') };
    const texts = new TextCounts(gone, known, { entry, size: 1, fromCharacters: 1 });
    await assert.rejects(texts.count(['a']), { code: 'no_tokenizer', message: /none\.json/ });
    await texts.close();
    await assert.rejects(texts.count(['b']), { code: 'cancelled' });
    await known.close();
  }));
