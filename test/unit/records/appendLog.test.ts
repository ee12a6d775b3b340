import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { SealongError } from '../../../src/errors.ts';
import { AppendLog } from '../../../src/records/appendLog.ts';
import { encodeRecord, readAllRecords } from '../../../src/records/jsonl.ts';
import { withFolder } from '../../support/temporary.ts';

const schema = z.object({ id: z.number(), text: z.string() });
const record = fc.record(
  { id: fc.nat(), text: fc.string({ unit: 'grapheme', maxLength: 20 }) },
  { noNullPrototype: true },
);

test('a log cut at any byte keeps every whole record, and goes on', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'log.jsonl');
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 6 }),
        fc.array(record, { maxLength: 3 }),
        fc.nat(),
        async (before, after, cut) => {
          const bytes = Buffer.from(before.map(encodeRecord).join(''));
          const kept = bytes.subarray(0, cut % (bytes.length + 1));
          await writeFile(path, kept);
          const log = await AppendLog.open(path);
          for (const value of after) await log.append(value);
          await log.close();

          const whole = before.filter((_, position) => {
            const end = Buffer.byteLength(
              before
                .slice(0, position + 1)
                .map(encodeRecord)
                .join(''),
            );
            // A record that lacks its line break alone is whole.
            return end - 1 <= kept.length;
          });
          const { records, problems } = await readAllRecords(path, schema);
          assert.deepEqual(problems, []);
          assert.deepEqual(
            records.map(({ value }) => value),
            [...whole, ...after],
          );
        },
      ),
      { numRuns: 150, seed: 42 },
    );
  });
});

test('concurrent appends come out whole and in order', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'log.jsonl');
    const log = await AppendLog.open(path);
    const values = Array.from({ length: 200 }, (_, id) => ({ id, text: 'x'.repeat(id * 50) }));
    await Promise.all(values.map((value) => log.append(value)));
    await log.close();
    const { records } = await readAllRecords(path, schema);
    assert.deepEqual(
      records.map(({ value }) => value),
      values,
    );
  });
});

test('a torn line longer than one look at the tail is cut off as a whole', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'log.jsonl');
    await writeFile(path, encodeRecord({ id: 1, text: 'a' }));
    await appendFile(path, `{"id":2,"text":"${'é'.repeat(300_000)}`);
    const log = await AppendLog.open(path);
    assert.ok(log.tornBytes > 600_000);
    await log.close();
    assert.equal(await readFile(path, 'utf8'), encodeRecord({ id: 1, text: 'a' }));
  });
});

test('a folder in place of the log is named in the error', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'log.jsonl');
    await mkdir(path);
    await assert.rejects(
      AppendLog.open(path),
      (error: unknown) =>
        error instanceof SealongError &&
        error.code === 'not_a_file' &&
        error.message.includes(path),
    );
  });
});

test(
  'a full disk gives an error, and the next record is not glued to a half one',
  { skip: process.platform === 'linux' ? false : '/dev/full is there on Linux alone' },
  async () => {
    await assert.rejects(
      async () => {
        const log = await AppendLog.open('/dev/full');
        try {
          await log.append({ id: 1, text: 'a' });
        } finally {
          await log.close();
        }
      },
      (error: unknown) => error instanceof SealongError && error.code === 'disk_full',
    );
  },
);

test(
  'a folder that cannot be written to gives an error that says so, for root too',
  { skip: process.platform === 'linux' ? false : '/sys is there on Linux alone' },
  async () => {
    await assert.rejects(
      AppendLog.open('/sys/sealong.jsonl'),
      (error: unknown) => error instanceof SealongError && error.code === 'read_only',
    );
  },
);
