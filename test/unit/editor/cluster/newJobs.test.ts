import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { NewJobs } from '../../../../src/editor/cluster/newJobs.ts';
import { withFolder } from '../../../support/temporary.ts';

test('a job that another process begins is looked for until its record is there', async () => {
  await withFolder(async (dir) => {
    const news = new NewJobs();
    const looks = async (count: number) => {
      const told: boolean[] = [];
      for (let look = 0; look < count; look++) told.push(await news.mayBeIn(dir));
      return told;
    };
    assert.deepEqual(await looks(4), [true, true, true, false], 'when the study was found');
    await mkdir(join(dir, 'training', 'a-job'), { recursive: true });
    assert.deepEqual(await looks(5), [true, true, true, false, false]);
    await mkdir(join(dir, '.sealong', 'servers', 'a-server'), { recursive: true });
    assert.deepEqual(await looks(4), [true, true, true, false]);
  });
});
