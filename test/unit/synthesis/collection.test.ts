import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import * as zlib from 'node:zlib';
import { openCollection } from '../../../src/synthesis/collection/openCollection.ts';
import { normalizeTitle } from '../../../src/synthesis/titles.ts';
import { fixture, withPlace } from './runs.ts';

type Place = Parameters<Parameters<typeof withPlace>[0]>[0];

async function opened(
  { study }: Place,
  path: string,
  options: { strict?: boolean; signal?: AbortSignal } = {},
) {
  const warnings: string[] = [];
  const { strict = false, signal = new AbortController().signal } = options;
  const collection = await openCollection(
    study(),
    path,
    { strict, areArticles: false },
    { signal, warn: (message) => warnings.push(message), progress: () => undefined },
  );
  const documents = Array.from({ length: collection.size }, (_, index) => {
    const { title, text } = collection.read(index);
    return { title, text };
  });
  return { collection, documents, warnings };
}

const expected = [
  { title: 'The Isle', text: 'An isle 🐋.' },
  { title: '', text: 'Only a text.' },
  { title: 'Two lines', text: 'one\ntwo' },
];
const rows = [expected[0], 'Only a text.', { ...expected[2], url: 'not used' }];
const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');

test('every kind of file gives the same documents and the same digest', () =>
  withPlace(async (place) => {
    const path = join(place.dir, '..', 'documents');
    const digests = new Set<string>();
    const contents: (string | Buffer)[] = [
      lines,
      `\uFEFF${lines.replaceAll('\n', '\r\n\r\n')}`,
      JSON.stringify(rows),
      gzipSync(lines),
      gzipSync(JSON.stringify(rows)),
    ];
    if (Object.hasOwn(zlib, 'zstdCompressSync')) contents.push(zlib.zstdCompressSync(lines));
    for (const content of contents) {
      await writeFile(path, content);
      const { collection, documents, warnings } = await opened(place, path);
      assert.deepEqual(documents, expected);
      assert.deepEqual(warnings, []);
      digests.add(collection.digest);
      collection.close();
    }
    const { collection, documents } = await opened(place, fixture('documents.parquet'));
    assert.deepEqual(documents, expected);
    digests.add(collection.digest);
    collection.close();
    assert.equal(digests.size, 1);
  }));

test('a folder of text files, lines and Parquet is one collection in the order of its names', () =>
  withPlace(async (place) => {
    const folder = join(place.dir, '..', 'folder');
    await mkdir(join(folder, 'below'), { recursive: true });
    await writeFile(join(folder, 'b.jsonl'), lines);
    await writeFile(join(folder, 'below', 'Long Tale.txt'), '\uFEFFIt begins.\r\nIt ends.\r\n');
    await writeFile(join(folder, 'a.md'), '# A');
    await writeFile(join(folder, 'c.txt'), Buffer.from([0xe9, 0x20]));
    await writeFile(join(folder, 'd.txt'), ' \n');
    await writeFile(join(folder, 'picture.png'), 'ignored');
    const { collection, documents, warnings } = await opened(place, folder);
    assert.deepEqual(documents, [
      { title: 'a', text: '# A' },
      ...expected,
      { title: 'Long Tale', text: 'It begins.\nIt ends.' },
    ]);
    assert.equal(collection.leftOut, 2);
    assert.match(warnings[0] ?? '', /c\.txt: not valid UTF-8/);
    assert.match(warnings[1] ?? '', /d\.txt: text: is empty/);
    collection.close();
    const none = join(folder, 'none');
    await mkdir(none);
    await assert.rejects(opened(place, none), { code: 'no_documents', message: /none/ });
  }));

test('rows with faults are left out, counted and named; a strict run stops at the first', () =>
  withPlace(async (place) => {
    const faulty = `${lines}{"title":"x"}\n{"title":7,"text":"t"}\nno json\n{"text":" "}\n`;
    const path = await place.source(faulty);
    const first = await opened(place, path);
    assert.deepEqual(first.documents, expected);
    assert.equal(first.collection.leftOut, 4);
    assert.equal(first.warnings.length, 4);
    assert.ok(first.warnings[0]?.startsWith(`${path}, line 4: text: `));
    assert.match(first.warnings[2] ?? '', /line 6: not valid JSON/);
    first.collection.close();
    const again = await opened(place, path);
    assert.match(again.warnings.join('\n'), /^4 rows of .* The first: .*line 4: text: /);
    again.collection.close();
    const strict = { code: 'bad_document', message: /line 4: text: / };
    await assert.rejects(opened(place, path, { strict: true }), strict);
    const fresh = await place.source(faulty);
    await assert.rejects(opened(place, fresh, { strict: true }), strict);
    await assert.rejects(opened(place, await place.source('{}\n')), { code: 'no_documents' });
    await assert.rejects(opened(place, join(place.dir, 'none')), { code: 'missing_file' });
  }));

test('the index is made once, again when the file changed, and an interrupted one is not used', () =>
  withPlace(async (place) => {
    const path = await place.source(lines);
    const stopped = AbortSignal.abort(new Error('stopped'));
    await assert.rejects(opened(place, path, { signal: stopped }), { message: 'stopped' });
    const folder = join(place.dir, '.sealong', 'collections');
    assert.deepEqual(await readdir(folder), []);
    const first = await opened(place, path);
    const [made = ''] = await readdir(folder);
    const index = await readFile(join(folder, made, 'index.bin'));
    assert.equal(index.length, 60);
    assert.ok(!(await readdir(join(folder, made))).includes('documents.jsonl'));
    first.collection.close();
    await appendFile(path, `${JSON.stringify({ text: 'one more' })}\n`);
    const second = await opened(place, path);
    assert.equal(second.documents.length, 4);
    assert.notEqual(second.collection.digest, first.collection.digest);
    assert.equal((await readdir(folder)).length, 1);
    await writeFile(path, lines.replace('Two lines', 'Two\nlines'));
    second.collection.close();
    const third = await opened(place, path);
    assert.equal(third.warnings.length, 2);
    third.collection.close();
  }));

test('a file that changes while it is read is told, not misread', () =>
  withPlace(async (place) => {
    const path = await place.source(lines);
    const { collection } = await opened(place, path);
    collection.close();
    const again = await openCollection(
      place.study(),
      path,
      { strict: false, areArticles: false },
      {
        signal: new AbortController().signal,
        warn: () => undefined,
        progress: () => undefined,
      },
    );
    await writeFile(path, 'x'.repeat(lines.length));
    assert.throws(() => again.read(1), { code: 'file_changed' });
    again.close();
    assert.throws(() => again.read(1), { code: 'cancelled' });
  }));

test('an article is found by its title, however that is written, the first of several', () =>
  withPlace(async (place) => {
    const documents = Array.from({ length: 500 }, (_, index) => ({
      title: `Title ${String(index % 400)}`,
      text: `text ${String(index)}`,
    }));
    const path = await place.source(
      [...documents, { title: 'J. R. R. Smith–Jones’ “Tale”', text: 'tale' }, { text: 'untitled' }]
        .map((document) => `${JSON.stringify(document)}\n`)
        .join(''),
    );
    const { collection } = await opened(place, path);
    for (let index = 0; index < 400; index++)
      assert.equal(collection.find(`title_${String(index)}`)?.text, `text ${String(index)}`);
    assert.equal(collection.find('j r r  smith-jones\' "TALE"')?.text, 'tale');
    assert.equal(collection.find('Title 400'), undefined);
    assert.equal(collection.find(''), undefined);
    assert.equal(normalizeTitle(' A__B\tC. '), 'a b c');
    collection.close();
  }));

test('a device is no collection', { skip: process.platform === 'win32' && 'no such path' }, () =>
  withPlace(async (place) => {
    await assert.rejects(opened(place, '/dev/null'), { code: 'not_a_file', message: /dev.null/ });
  }),
);
