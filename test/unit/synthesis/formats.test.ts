import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildContext } from '../../../src/synthesis/context.ts';
import type { LeftOut, SourceQuestion } from '../../../src/synthesis/formats/format.ts';
import { splitPassages } from '../../../src/synthesis/formats/longbench.ts';
import { FORMATS, recogniseFormat } from '../../../src/synthesis/formats/table.ts';
import { openSource } from '../../../src/synthesis/sourceFile.ts';

async function rowsOf(name: string): Promise<unknown[]> {
  const path = fileURLToPath(new URL(`../../fixtures/synthesis/${name}`, import.meta.url));
  const rows: unknown[] = [];
  for await (const row of (await openSource(path)).rows()) {
    assert.ok(row.ok);
    rows.push(row.value);
  }
  return rows;
}

function read(format: string, row: unknown): SourceQuestion | LeftOut {
  const found = FORMATS.find((one) => one.name === format);
  assert.ok(found);
  return found.read(row);
}

function question(format: string, row: unknown): SourceQuestion {
  const result = read(format, row);
  assert.ok('question' in result, JSON.stringify(result));
  return result;
}

function message(format: string, row: unknown): string {
  const result = read(format, row);
  assert.ok('leftOut' in result);
  assert.equal(result.leftOut, 'bad_row');
  return result.message;
}

describe('recognition', () => {
  for (const [file, format] of [
    ['musique.jsonl', 'musique'],
    ['hotpotqa.json', 'hotpotqa'],
    ['hotpotqa.hub.jsonl', 'hotpotqa'],
    ['2wiki.json', '2wiki'],
    ['longbench.jsonl', 'longbench'],
    ['plain.jsonl', 'jsonl'],
  ] as const)
    test(`${file} is recognised as ${format}`, async () => {
      assert.equal(recogniseFormat(FORMATS, await rowsOf(file))?.name, format);
    });

  test('rows of no format and rows that are no objects are not recognised', () => {
    assert.equal(
      recogniseFormat(FORMATS, [{ prompt: 'a', chosen: 'b' }, 3, null, ['question']]),
      undefined,
    );
    assert.equal(recogniseFormat(FORMATS, []), undefined);
  });

  test('2WikiMultihopQA without evidences is told from HotpotQA by its types and its lack of levels', () => {
    const row = { question: 'q', context: [], type: 'comparison' };
    assert.equal(recogniseFormat(FORMATS, [row])?.name, '2wiki');
    assert.equal(recogniseFormat(FORMATS, [{ ...row, level: 'hard' }])?.name, 'hotpotqa');
  });
});

describe('MuSiQue', () => {
  test('gives paragraphs, support and the answer with its aliases, each once', async () => {
    const [first] = await rowsOf('musique.jsonl');
    const read = question('musique', first);
    assert.equal(read.id, '2hop__1_2');
    assert.deepEqual(read.answers, ['Húsavík', 'Husavik']);
    assert.deepEqual(
      read.documents.map(({ title, related }) => [title, related]),
      [
        ['Whale 🐋 House', true],
        ['Ásta Björk', true],
        ['Tide Mill', false],
      ],
    );
  });

  test('leaves out unanswerable rows', async () => {
    const result = read('musique', (await rowsOf('musique.jsonl'))[1]);
    assert.ok('leftOut' in result);
    assert.equal(result.leftOut, 'unanswerable');
  });

  test('names the field that is wrong', () => {
    const row = { question: 'q', paragraphs: [{ title: 't', paragraph_text: ' ' }] };
    assert.match(message('musique', row), /^paragraphs\.0\.paragraph_text: is empty/);
    assert.match(message('musique', { question: 'q' }), /^paragraphs: /);
    assert.match(message('musique', { ...row, question: 7 }), /^question: .*paragraph_text/s);
  });
});

describe('HotpotQA', () => {
  test('joins sentences as they are and marks the supporting paragraphs', async () => {
    const { documents, answers, id } = question('hotpotqa', (await rowsOf('hotpotqa.json'))[0]);
    assert.equal(id, 'h1');
    assert.deepEqual(answers, ['Orra']);
    assert.deepEqual(documents.slice(0, 2), [
      {
        title: 'Wend',
        text: 'Wend is a town 🏘. It lies on the river "Orra" [sic].',
        related: true,
      },
      { title: 'Glass Bridge', text: 'The Glass Bridge is in Wend.', related: true },
    ]);
    assert.equal(documents[2]?.related, false);
  });

  test('as published and as on the hub it gives the same', async () => {
    const [published, hub] = [await rowsOf('hotpotqa.json'), await rowsOf('hotpotqa.hub.jsonl')];
    assert.deepEqual(
      hub.map((row) => question('hotpotqa', row)),
      published.map((row) => question('hotpotqa', row)),
    );
  });

  test('without supporting facts nothing is known to be unrelated', () => {
    const row = { question: 'q', context: [['t', ['s']]] };
    assert.equal(question('hotpotqa', row).documents[0]?.related, true);
  });

  test('lists of unequal length are a fault of the row', () => {
    const row = { question: 'q', context: { title: ['a', 'b'], sentences: [['s']] } };
    assert.match(message('hotpotqa', row), /^context\.1\.1: /);
  });
});

test('2WikiMultihopQA gets the spaces between its sentences', async () => {
  const { documents } = question('2wiki', (await rowsOf('2wiki.json'))[0]);
  assert.equal(documents[0]?.text, 'Salt Roads is a film. It was directed by Ivo Lenn.');
  assert.deepEqual(
    documents.map(({ related }) => related),
    [true, true, false],
  );
});

describe('LongBench', () => {
  test('a context of passages gives back the documents it was built from', async () => {
    const built = question('longbench', (await rowsOf('longbench.jsonl'))[0]);
    const original = question('hotpotqa', (await rowsOf('hotpotqa.json'))[0]);
    const plain = ({ documents }: SourceQuestion) =>
      documents.map(({ title, text }) => ({ title, text }));
    assert.deepEqual(plain(built), plain(original));
    assert.deepEqual(built.answers, ['Orra']);
  });

  test('any other context is one document', async () => {
    const { documents } = question('longbench', (await rowsOf('longbench.jsonl'))[1]);
    assert.equal(documents.length, 1);
    assert.equal(documents[0]?.title, '');
  });

  test('a row without a question is left out', async () => {
    assert.match(message('longbench', (await rowsOf('longbench.jsonl'))[2]), /^input: is empty/);
  });

  test('a quoted heading with a number out of turn stays in its document', () => {
    const context = 'Passage 1:\nA\nsee\nPassage 3:\nthere\nPassage 2:\nB\nb';
    const documents = splitPassages(context);
    assert.deepEqual(
      documents.map(({ title }) => title),
      ['A', 'B'],
    );
    assert.equal(buildContext(documents).context, context);
  });

  test('an empty passage is a fault of the row', () => {
    const row = { input: 'q', context: 'Passage 1:\nPassage 2:\nB\nb', answers: [] };
    assert.match(message('longbench', row), /Passage 1 is empty/);
  });
});

describe('plain JSONL', () => {
  test('documents may be texts, and are related unless said otherwise', async () => {
    const [first, second, third] = (await rowsOf('plain.jsonl')).map((row) =>
      question('jsonl', row),
    );
    assert.deepEqual(
      first?.documents.map(({ related }) => related),
      [true, false],
    );
    assert.deepEqual(second?.documents[0], { title: '', text: 'Fog is common. 🌫', related: true });
    assert.equal(second.id, undefined);
    assert.equal(third?.id, '3');
    assert.deepEqual(third.answers, ['Rain']);
  });

  test('half of a surrogate pair is a fault of the row', () => {
    const row = { question: 'q', documents: ['a \ud83d b'] };
    assert.match(message('jsonl', row), /^documents\.0\.text: holds half of a surrogate pair/);
  });

  test('a title takes one line', () => {
    const row = { question: 'q', documents: [{ title: ' a\r\n b ', text: 't' }] };
    assert.equal(question('jsonl', row).documents[0]?.title, 'a b');
  });
});
