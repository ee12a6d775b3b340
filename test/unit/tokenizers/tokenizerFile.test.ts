import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { counterFromFile } from '../../../src/tokenizers/tokenizerFile.ts';
import { withFolder } from '../../support/temporary.ts';

const toy = fileURLToPath(new URL('../../fixtures/synthesis/tokenizer.json', import.meta.url));

test('a tokenizer.json counts as its merges say, a special token in the text as one', async () => {
  const counter = await counterFromFile(toy);
  assert.match(counter.id, /^sha256:[0-9a-f]{16}$/);
  for (const [text, tokens] of [
    ['', 0],
    ['Passage', 1],
    // Passage | Ġ 1 | : | Ċ | t he
    ['Passage 1:\nthe', 7],
    // in | Ġthe | Ġ P i er
    ['in the Pier', 6],
    ['🐋', 4],
    ['a<|end|>', 2],
  ] as const)
    assert.equal(await counter.count(text), tokens, text);
});

test('the same tokenizer has the same id wherever it stands', () =>
  withFolder(async (folder) => {
    const { readFile } = await import('node:fs/promises');
    const copy = join(folder, 'copy.json');
    await writeFile(copy, await readFile(toy));
    assert.equal((await counterFromFile(copy)).id, (await counterFromFile(toy)).id);
  }));

test('a missing tokenizer and a file that is none are errors with a remedy', () =>
  withFolder(async (folder) => {
    await assert.rejects(counterFromFile(join(folder, 'none.json')), {
      code: 'no_tokenizer',
      message: /none\.json.*questions\.tokenizer/,
    });
    for (const content of ['<html>', '{}', '[]', '{"model":{"type":"Unknown"}}']) {
      const path = join(folder, 'bad.json');
      await writeFile(path, content);
      await assert.rejects(counterFromFile(path), { code: 'bad_tokenizer', message: /bad\.json/ });
    }
  }));
