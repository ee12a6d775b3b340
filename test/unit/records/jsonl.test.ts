import assert from 'node:assert/strict';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { SealongError } from '../../../src/errors.ts';
import {
  encodeRecord,
  readAllRecords,
  readRecordAt,
  readRecords,
} from '../../../src/records/jsonl.ts';
import { questionIdSchema, trajectorySchema } from '../../../src/records/schemas.ts';
import { withFolder } from '../../support/temporary.ts';

const schema = z.object({ text: z.string() });

test('records survive the codec, whatever their text, with LF or CRLF, and are found again by place', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'a.jsonl');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ text: fc.string({ unit: 'binary' }) }, { noNullPrototype: true }), {
          maxLength: 8,
        }),
        fc.constantFrom('\n', '\r\n', '\n\n', '\n \t\n'),
        fc.boolean(),
        async (records, lineBreak, mark) => {
          const lines = records.map((record) => encodeRecord(record).trimEnd() + lineBreak);
          await writeFile(path, (mark ? '\uFEFF' : '') + lines.join(''));
          const read = await readAllRecords(path, schema);
          assert.deepEqual(read.problems, []);
          assert.deepEqual(
            read.records.map(({ value }) => value),
            records,
          );
          for (const { value, ...at } of read.records)
            assert.deepEqual(await readRecordAt(path, at, schema), value);
        },
      ),
      { numRuns: 100, seed: 7 },
    );
  });
});

test('a damaged line is reported with its number, and the others are read', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'a.jsonl');
    const lines = ['{"text":"one"}', '{"text":', '{"text":4}', '', '{"text":"five"}', '[]'];
    await writeFile(path, lines.join('\n') + '\n');
    await appendFile(path, Buffer.from([0x7b, 0xff, 0xfe, 0x0a]));
    const { records, problems } = await readAllRecords(path, schema);
    assert.deepEqual(
      records.map(({ line }) => line),
      [1, 5],
    );
    assert.deepEqual(
      problems.map(({ line }) => line),
      [2, 3, 6, 7],
    );
    assert.match(problems[0]?.message ?? '', /not valid JSON/);
    assert.match(problems[1]?.message ?? '', /^text:/);
    assert.match(problems[3]?.message ?? '', /UTF-8/);
  });
});

test('a half-written last line is left for the next reading', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'a.jsonl');
    await writeFile(path, '{"text":"one"}\n{"text":"tw');
    let next = { offset: 0, line: 1 };
    const seen: string[] = [];
    const readOn = async (): Promise<void> => {
      for await (const batch of readRecords(path, schema, next)) {
        seen.push(...batch.records.map(({ value }) => value.text));
        next = batch.next;
      }
    };
    await readOn();
    await appendFile(path, 'o"}\n');
    await readOn();
    assert.deepEqual(seen, ['one', 'two']);
    assert.deepEqual(next, { offset: 30, line: 3 });
  });
});

test('UTF-16 is refused with the remedy', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'a.jsonl');
    await writeFile(path, Buffer.from('\uFEFF{"text":"a"}\n', 'utf16le'));
    await assert.rejects(
      readAllRecords(path, schema),
      (error: unknown) => error instanceof SealongError && error.code === 'wrong_encoding',
    );
  });
});

test('ids that are paths or hold control characters are refused', () => {
  for (const id of [
    '../a',
    '/etc/passwd',
    'a/../b',
    'C:\\x',
    'a\\b',
    '~x',
    'a\u0000b',
    '..',
    '',
    'x'.repeat(257),
  ])
    assert.equal(questionIdSchema.safeParse(id).success, false, JSON.stringify(id));
  for (const id of ['2hop__292995_8796', 'train/12', 'ü-1', 'a..b', '5a8b57f25542995d1e6f1371'])
    assert.equal(questionIdSchema.safeParse(id).success, true, id);
});

test('a record of a later version is refused with the remedy', () => {
  const result = trajectorySchema.safeParse({ v: 99 });
  assert.match(result.error?.message ?? '', /update SeaLong/);
});
