import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { SealongError } from '../../../src/errors.ts';
import { viewSchema } from '../../../src/review/view.ts';
import { BUILT_IN_VIEWS, deleteView, readViews, saveView } from '../../../src/review/views.ts';
import { studyPaths } from '../../../src/study/study.ts';
import { withFolder } from '../../support/temporary.ts';

test('a saved view is read again, takes the place of a built-in one, and gives it back when deleted', () =>
  withFolder(async (folder) => {
    const paths = studyPaths(folder);
    assert.equal((await readViews(paths)).views.length, BUILT_IN_VIEWS.length);
    const view = viewSchema.parse({ filter: { margin: { max: 0.1 } }, audit: 0.2 });
    await saveView(paths, 'mine', view);
    await saveView(paths, 'flagged', view);
    const { views } = await readViews(paths);
    assert.equal(views.length, BUILT_IN_VIEWS.length + 1);
    for (const name of ['mine', 'flagged'])
      assert.deepEqual(
        views.find((found) => found.name === name),
        { name, view, builtIn: false },
      );
    await deleteView(paths, 'flagged');
    const again = (await readViews(paths)).views.find(({ name }) => name === 'flagged');
    assert.equal(again?.builtIn, true);
  }));

test('a view that cannot be used is left out with a reason, and the others stay', () =>
  withFolder(async (folder) => {
    const paths = studyPaths(folder);
    await mkdir(paths.views);
    await writeFile(join(paths.views, 'broken.json'), '{"filter": ');
    await writeFile(join(paths.views, 'wrong.json'), '{"filter": {"margin": 3}}');
    const { views, problems } = await readViews(paths);
    assert.equal(views.length, BUILT_IN_VIEWS.length);
    assert.match(problems[0]?.message ?? '', /not valid JSON/);
    assert.match(problems[1]?.message ?? '', /filter\.margin/);
  }));

test('a name that would leave the folder is refused', async () => {
  const paths = studyPaths('/nowhere');
  for (const name of ['../x', '', 'a/b', '.hidden'])
    await assert.rejects(
      saveView(paths, name, viewSchema.parse({})),
      (error) => error instanceof SealongError && error.code === 'usage',
    );
});
