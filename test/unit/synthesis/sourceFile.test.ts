import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { openSource, placeOf, type SourceRow } from '../../../src/synthesis/sourceFile.ts';
import { withFolder } from '../../support/temporary.ts';

function rows(content: string | Buffer): Promise<SourceRow[]> {
  return withFolder(async (folder) => {
    const path = join(folder, 'source');
    await writeFile(path, content);
    return readAll(path);
  });
}

async function readAll(path: string): Promise<SourceRow[]> {
  const result: SourceRow[] = [];
  for await (const row of (await openSource(path)).rows()) result.push(row);
  return result;
}

const values = (found: readonly SourceRow[]) => found.map((row) => (row.ok ? row.value : row));

test('JSON Lines and arrays give the same rows, with a byte order mark and CRLF or without', async () => {
  const expected = [{ a: 'x,]}\\"' }, { a: [1, { b: '[' }] }, { a: '🐋' }];
  const lines = expected.map((value) => JSON.stringify(value));
  assert.deepEqual(values(await rows(`${lines.join('\n')}\n`)), expected);
  assert.deepEqual(values(await rows(`\uFEFF${lines.join('\r\n\r\n')}`)), expected);
  assert.deepEqual(values(await rows(JSON.stringify(expected))), expected);
  assert.deepEqual(
    values(await rows(`\uFEFF \r\n${JSON.stringify(expected, null, 2)}\r\n`)),
    expected,
  );
});

test('a row is named by its line, and by its number where that differs', async () => {
  const found = await rows('{"a":1}\n\n{"a":\n');
  assert.deepEqual(found.map(placeOf), ['line 1', 'row 2 (line 3)']);
  const [first, second] = await rows('[\n {"a":1},\n {"a" 2}\n]');
  assert.equal(first && placeOf(first), 'row 1 (line 2)');
  assert.ok(second && !second.ok);
  assert.match(second.message, /not valid JSON/);
});

test('a row that is not UTF-8 is one fault, and the others are read', async () => {
  const found = await rows(
    Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xe9]), Buffer.from('"}\n{"a":1}\n')]),
  );
  assert.deepEqual(
    found.map(({ ok }) => ok),
    [false, true],
  );
  assert.ok(found[0] && !found[0].ok);
  assert.match(found[0].message, /UTF-8/);
});

test('an array longer than one read is cut where its elements end', async () => {
  const expected = Array.from({ length: 40 }, (_, index) => ({
    index,
    text: '🐋",['.repeat(4000),
  }));
  assert.deepEqual(values(await rows(JSON.stringify(expected))), expected);
});

test('any JSON array comes back element by element, and cut at any byte it says so', () =>
  withFolder(async (folder) => {
    const path = join(folder, 'array.json');
    const arrays = fc.array(fc.jsonValue(), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(arrays, fc.nat(), async (array, at) => {
        const bytes = Buffer.from(JSON.stringify(array, null, at % 3));
        await writeFile(path, bytes);
        assert.equal(JSON.stringify(values(await readAll(path))), JSON.stringify(array));
        await writeFile(path, bytes.subarray(0, 1 + (at % (bytes.length - 1))));
        await assert.rejects(readAll(path), { code: 'file_truncated' });
      }),
      { seed: 42, numRuns: 60 },
    );
  }));

test('each kind of file that holds no rows has its own message', async () => {
  await withFolder(async (folder) => {
    const none = join(folder, 'none');
    await assert.rejects(openSource(none), { code: 'missing_file', message: /none/ });
    await assert.rejects(openSource(folder), { code: 'not_a_file', message: /folder/ });
  });
  for (const [content, code, message] of [
    ['', 'empty_file', /is empty/],
    ['\uFEFF\r\n \n', 'empty_file', /is empty/],
    [Buffer.from('\uFEFF{"a":1}', 'utf16le'), 'wrong_encoding', /UTF-16.*Save it as UTF-8/],
    [Buffer.from('{"a":1}', 'utf16le'), 'wrong_encoding', /UTF-16/],
    ['PAR1xx', 'bad_parquet', /source could not be read as Parquet/],
    ['PAR1PAR1PAR1PAR1', 'bad_parquet', /source could not be read as Parquet/],
    [Buffer.from([0x1f, 0x8b, 8, 0]), 'file_truncated', /gzip/],
    [Buffer.from([0x1f, 0x8b, 9, 9, 9, 9]), 'file_damaged', /gzip/],
    [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0]), 'file_truncated', /zstd/],
    ['PK\u0003\u0004', 'unknown_format', /zip archive/],
    ['[{"a":1},{"a":', 'file_truncated', /after 1 whole rows \(line 1\)/],
    ['[{"a":1}]\n{"a":2}', 'bad_json', /line 2: more text follows/],
  ] as const)
    await assert.rejects(rows(content), { code, message });
});
