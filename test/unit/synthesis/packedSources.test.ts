import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import * as zlib from 'node:zlib';
import { openSource } from '../../../src/synthesis/sourceFile.ts';
import { fixture, idsOf, rowsOf, run, withPlace } from './runs.ts';

const hasZstd = Object.hasOwn(zlib, 'zstdCompressSync');

test('Parquet and packed files give the same questions as the plain file', () =>
  withPlace(async ({ study, read, dir }) => {
    for (const [plain, parquet] of [
      ['musique.jsonl', 'musique.parquet'],
      ['hotpotqa.hub.jsonl', 'hotpotqa.hub.parquet'],
    ] as const) {
      const { summary } = await run(study(), fixture(plain));
      const [questions, answers] = [await read('questions.jsonl'), await read('answers.jsonl')];
      const content = await readFile(fixture(plain));
      const packed = join(dir, '..', 'packed');
      const contents = [gzipSync(content), ...(hasZstd ? [zlib.zstdCompressSync(content)] : [])];
      for (const from of [fixture(parquet), ...contents]) {
        if (typeof from !== 'string') await writeFile(packed, from);
        await run(study({ seed: 1 }), fixture('plain.jsonl'));
        const path = typeof from === 'string' ? from : packed;
        const again = await run(study(), path);
        const expected = { ...summary, source: basename(path), added: summary.questions };
        assert.deepEqual(again.summary, expected);
        assert.equal(await read('questions.jsonl'), questions);
        assert.equal(await read('answers.jsonl'), answers);
      }
      const named = await run(study(), fixture(parquet), { format: 'parquet' });
      assert.equal(named.summary.added, 0);
      assert.equal(named.summary.format, summary.format);
    }
    await assert.rejects(run(study(), fixture('musique.jsonl'), { format: 'parquet' }), {
      code: 'unknown_format',
      message: /musique\.jsonl is no Parquet file/,
    });
  }));

test('a row of a Parquet file is named by its number', async () => {
  const source = await openSource(fixture('musique.parquet'));
  assert.equal(await source.count(100), 3);
  await withPlace(async ({ study }) => {
    const failing = run(study(), fixture('musique.parquet'), { format: 'jsonl', strict: true });
    await assert.rejects(failing, { code: 'bad_row', message: /musique\.parquet, row 1: / });
  });
});

test('a file cut at any byte is one message, and the study stays as it was', () =>
  withPlace(async ({ study, dir }) => {
    const path = join(dir, '..', 'cut');
    const lines = Buffer.from(rowsOf(...Array.from({ length: 40 }, (_, index) => String(index))));
    const whole: [Buffer, RegExp][] = [
      [gzipSync(lines), /^file_truncated$/],
      [await readFile(fixture('musique.parquet')), /^bad_parquet$/],
      ...(hasZstd ? [[zlib.zstdCompressSync(lines), /^file_truncated$/] as [Buffer, RegExp]] : []),
    ];
    for (const [content, code] of whole) {
      for (const at of [5, 20, Math.floor(content.length / 2), content.length - 1]) {
        await writeFile(path, content.subarray(0, at));
        await assert.rejects(run(study(), path), (error) => {
          assert.ok(error instanceof Error && 'code' in error);
          assert.match(String(error.code), code);
          return error.message.startsWith(path);
        });
        assert.deepEqual((await readdir(dir)).sort(), ['.sealong', 'sealong.json']);
      }
    }
    await writeFile(path, gzipSync(lines));
    await run(study(), path);
    assert.equal((await idsOf(study())).length, 40);
  }));

test('damage in the middle is told as such', () =>
  withPlace(async ({ study, dir }) => {
    const path = join(dir, '..', 'damaged');
    const content = gzipSync(rowsOf('a', 'b', 'c'));
    content.fill(0xff, 20, 40);
    await writeFile(path, content);
    await assert.rejects(run(study(), path), { code: 'file_damaged', message: /gzip/ });
    const named = join(dir, '..', 'questions.parquet');
    await writeFile(named, rowsOf('a'));
    await assert.rejects(run(study(), named), {
      code: 'unknown_format',
      message: /does not begin as one/,
    });
  }));
