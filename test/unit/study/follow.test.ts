import assert from 'node:assert/strict';
import { appendFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { factsOf, markAt, planReading, readingOf, type Mark } from '../../../src/study/follow.ts';
import { withFolder } from '../../support/temporary.ts';

const mark: Mark = {
  inode: '1',
  size: 100,
  modifiedMs: 5,
  position: { offset: 90, line: 4 },
  before: 'abc',
};
const now = { inode: '1', size: 100, modifiedMs: 5, before: 'abc' };

test('a file that is as it was is not read', () => {
  assert.deepEqual(planReading(mark, now), { kind: 'none' });
  assert.deepEqual(planReading(undefined, undefined), { kind: 'none' });
});

test('a file never read is read from its start, one that grew from where reading stopped', () => {
  assert.deepEqual(planReading(undefined, now), { kind: 'on', from: { offset: 0, line: 1 } });
  assert.deepEqual(planReading(mark, { ...now, size: 120, modifiedMs: 6 }), {
    kind: 'on',
    from: mark.position,
  });
});

test('a torn last line that was cut off changes nothing before the position', () => {
  assert.deepEqual(planReading(mark, { ...now, size: 92, modifiedMs: 6 }), {
    kind: 'on',
    from: mark.position,
  });
});

test('a file that shrank, was replaced, deleted or changed before the position is read anew', () => {
  for (const other of [
    { ...now, size: 80, modifiedMs: 6 },
    { ...now, inode: '2' },
    { ...now, size: 120, modifiedMs: 6, before: 'xyz' },
    undefined,
  ])
    assert.deepEqual(planReading(mark, other), { kind: 'anew' });
});

test('a large file that was written to without growing is read anew, a small one is known to be equal', () => {
  const touched = { ...now, modifiedMs: 6 };
  assert.equal(planReading(mark, touched).kind, 'on');
  const large = { ...mark, position: { offset: 1e6, line: 9 }, size: 1e6 };
  assert.equal(planReading(large, { ...touched, size: 1e6 }).kind, 'anew');
});

test('appending, touching, rewriting, replacing and deleting a real file are told apart', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'a.jsonl');
    await writeFile(path, '{"a":1}\n{"a":2}\n');
    const marked = async () => {
      const facts = await factsOf(path);
      assert.ok(facts);
      return markAt(path, facts, { offset: 16, line: 3 });
    };
    const first = await marked();
    assert.deepEqual(await readingOf(path, first), { kind: 'none' });
    await utimes(path, 1, 1);
    assert.deepEqual(await readingOf(path, first), { kind: 'on', from: first.position });
    await appendFile(path, '{"a":3}\n');
    assert.deepEqual(await readingOf(path, first), { kind: 'on', from: first.position });
    await writeFile(path, '{"a":1}\n{"a":5}\n{"a":3}\n');
    assert.deepEqual(await readingOf(path, first), { kind: 'anew' });

    const second = await marked();
    await writeFile(`${path}.new`, '{"a":1}\n{"a":5}\n{"a":3}\n{"a":4}\n');
    await rename(`${path}.new`, path);
    assert.deepEqual(await readingOf(path, second), { kind: 'anew' });
    await rm(path);
    assert.deepEqual(await readingOf(path, second), { kind: 'anew' });
    assert.deepEqual(await readingOf(path, undefined), { kind: 'none' });
  });
});
