import assert from 'node:assert/strict';
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'node:test';
import { studyPaths } from '../../src/study/study.ts';
import { QuestionPanel } from './support/questionPanel.ts';
import { ROOT } from './support/requirements.ts';
import { stepsOf } from './support/steps.ts';
import { until } from './support/until.ts';

const STUDY = 'Ondrey, sampled';

describe('The question panel in the packaged extension', () => {
  let dir: string;
  const step = stepsOf({ name: 'panel' }, async (session) => {
    const folder = await session.workspace('panel');
    dir = join(folder, 'ondrey');
    await cp(join(ROOT, 'demo/studies/ondrey-sampled'), dir, { recursive: true });
    await session.workbench.open(folder);
    await session.workbench.showStudies();
    await session.workbench.row(STUDY).waitFor();
    await session.workbench.command('Open Question...');
    await session.workbench.answer('Open a question of', 'isle-28');
  });

  async function kinds(): Promise<string[]> {
    const { decisions } = studyPaths(dir);
    const files = await readdir(decisions).catch(() => []);
    const texts = await Promise.all(files.map((file) => readFile(join(decisions, file), 'utf8')));
    return texts.flatMap((text) =>
      text.split('\n').flatMap((line) => /"kind":"(\w+)"/.exec(line)?.[1] ?? []),
    );
  }

  step('orders the heatmap by cluster and filters it by answer', async ({ workbench }) => {
    const panel = await QuestionPanel.shown(workbench);
    await panel.untilQuestion('isle-28');
    await panel.press('o');
    await panel.press('o');
    await panel.press('ArrowDown');
    await panel.press('ArrowRight');
    await panel.within('.mark-legend').getByText('most alike').waitFor();
    await workbench.shots('review-cluster', ['dark', 'light', 'highContrast']);
    const rows = await panel.rows.count();
    await panel.press('k');
    await until('fewer rows', async () => (await panel.rows.count()) < rows);
    await panel.press('Escape');
    await panel.press('Escape');
    await until('all rows', async () => (await panel.rows.count()) === rows);
  });

  step('writes a note whose letters are keys elsewhere, and judges by key', async (session) => {
    const panel = await QuestionPanel.shown(session.workbench);
    await panel.press('m');
    await panel.within('.entry vscode-text-field:focus').waitFor();
    await session.workbench.page.keyboard.type('can a scribe swap facts', { delay: 15 });
    await session.workbench.page.keyboard.press('Enter');
    await until('the note', async () => (await kinds()).length === 1);
    for (const key of ['a', 'f', 'x', 'b', 'u']) {
      const before = (await kinds()).length;
      await panel.press(key);
      await until(`what ${key} decides`, async () => (await kinds()).length === before + 1);
    }
    assert.deepEqual(await kinds(), ['note', 'agree', 'flag', 'skip', 'both_bad', 'undo']);
  });

  step(
    'compares both texts, also in the diff editor, and searches the context',
    async (session) => {
      const { workbench } = session;
      const panel = await QuestionPanel.shown(workbench);
      await panel.press('d');
      await panel.within('.compare .step').first().waitFor();
      await workbench.shots('review-compare', ['dark', 'light', 'highContrast']);
      await panel.press('d');
      await panel.press('g');
      await panel.within('.entry-button.selected').waitFor();
      await panel.press('Shift+D');
      await workbench.page.locator('.diff-editor, .monaco-diff-editor').first().waitFor();
      await workbench.shot('review-diff-dark');
      await workbench.tabs
        .filter({ hasText: /^isle-28$/ })
        .first()
        .click();
    },
  );

  step('lists the keys, and opens a second panel of the study', async ({ workbench }) => {
    const panel = await QuestionPanel.shown(workbench);
    // As a keyboard sends it: the editor looks at the key and at Shift.
    await panel.press('Shift+Slash');
    await panel.within('dialog[open]').getByText('Agree').first().waitFor();
    await workbench.shot('review-keys-dark');
    await panel.within('dialog[open] vscode-button').first().click();
    await workbench.command('Open Question to the Side...');
    await workbench.answer('Open a question of', 'isle-10');
    await workbench.tabs.filter({ hasText: 'isle-10' }).waitFor();
    assert.equal(await workbench.tabs.filter({ hasText: /^isle-28$/ }).count(), 1);
    await workbench.shot('review-two-dark');
    assert.deepEqual(await workbench.toasts.allInnerTexts(), []);
  });
});
