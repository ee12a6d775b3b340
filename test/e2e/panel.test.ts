import assert from 'node:assert/strict';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'node:test';
import { studyPaths } from '../../src/study/study.ts';
import { Keyboard } from './support/keyboard.ts';
import { QuestionPanel } from './support/questionPanel.ts';
import { ROOT } from './support/requirements.ts';
import { stepsOf } from './support/steps.ts';
import { decisionsOf, editConfig, trajectoriesOf } from './support/studyFiles.ts';
import { until } from './support/until.ts';

const STUDY = 'Ondrey, sampled';
const THEMES = ['dark', 'light', 'highContrast'] as const;

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

  step('shows the rule that found an answer, and switches it off and on', async (session) => {
    const { workbench } = session;
    const keyboard = new Keyboard(workbench);
    const panel = await QuestionPanel.shown(workbench);
    const answers = panel.within('.answers .chips');
    const link = panel.within('.pane-facts button.link').first();
    const rule = /^by rule (\S+?),?(?: alone)?$/.exec(await link.innerText())?.[1] ?? '';
    await panel.within('.answer-place').first().waitFor();
    await workbench.shots('review-answer-rule', THEMES);
    const before = await answers.innerText();
    await panel.press('Shift+I');
    await workbench.line(rule).waitFor();
    await until('the rule of the row to have the focus', async () =>
      (
        await workbench.page.locator('.quick-input-list .monaco-list-row.focused').innerText()
      ).includes(rule),
    );
    await workbench.shot('review-answer-rules');
    await keyboard.press('Enter');
    await keyboard.pick('Switch it off');
    await workbench.line('switched off').waitFor();
    await until('other answers', async () => (await answers.innerText()) !== before);
    await until('another rule', async () => !(await link.innerText()).includes(rule));
    await keyboard.pick(rule);
    await keyboard.pick('Switch it on');
    await until('the answers again', async () => (await answers.innerText()) === before);
    const own = async (): Promise<unknown> =>
      JSON.parse(await readFile(studyPaths(dir).config, 'utf8'));
    await keyboard.pick('New rule of the study...');
    await keyboard.answer('The phrase that the answer follows', 'Verdict (final):');
    await keyboard.answer('What to call the rule', 'verdict');
    await workbench.line('1 verdict').waitFor();
    assert.partialDeepStrictEqual(await own(), {
      review: { answer_rules: [{ name: 'verdict', after: ['Verdict (final):'] }] },
    });
    await keyboard.pick('1 verdict');
    await keyboard.pick('Take it out of the study');
    await until('the rule to be gone', async () => (await workbench.line('verdict').count()) === 0);
    await keyboard.press('Escape');
    assert.partialDeepStrictEqual(await own(), { review: { answer_rules: [] } });
  });

  step('goes by the last good rules while the file of rules is wrong', async ({ workbench }) => {
    const panel = await QuestionPanel.shown(workbench);
    const answers = panel.within('.answers .chips');
    const before = await answers.innerText();
    const { config } = studyPaths(dir);
    const good = await readFile(config, 'utf8');
    await editConfig(dir, 'review', { answer_rules: [{ name: 'broken', after: '(((.*)*)*' }] });
    const wrong = workbench.row(/sealong\.json has errors/);
    await wrong.waitFor();
    assert.equal(await answers.innerText(), before);
    await writeFile(config, good);
    await until('the file to be right again', async () => (await wrong.count()) === 0);
    assert.equal(await answers.innerText(), before);
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

  step(
    'lists the keys, and walks two panels of the study, each on its own, also after a reload',
    async (session) => {
      const { workbench } = session;
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

      const one = await QuestionPanel.of(workbench, 'isle-28');
      const two = await QuestionPanel.of(workbench, 'isle-10');
      await two.press('n');
      await two.untilQuestion('isle-11');
      assert.equal(await one.id.innerText(), 'isle-28');
      await one.press('n');
      await one.untilQuestion('isle-29');
      await one.press('x');
      const last = async () => (await decisionsOf(dir)).at(-1)?.question_id;
      await until('the decision of the panel in focus', async () => (await last()) === 'isle-29');
      assert.equal(await two.id.innerText(), 'isle-11');
      await two.press('x');
      await until('that of the other', async () => (await last()) === 'isle-11');
      await workbench.untilKept(['isle-29', 'isle-11']);
      await workbench.reload();
      for (const id of ['isle-29', 'isle-11']) await QuestionPanel.of(workbench, id);
    },
  );

  step(
    'shows answers of a dataset blind under numbers that do not tell their sides',
    async (session) => {
      const { workbench } = session;
      const keyboard = new Keyboard(workbench);
      const folder = await session.workspace('imported');
      const other = join(folder, 'theirs');
      await session.command(['init', other, '--set', 'questions.tokenizer=embedded']);
      const file = join(folder, 'pairs.jsonl');
      await writeFile(file, Array.from({ length: 6 }, (_, at) => preferenceLine(at)).join(''));
      await session.command(['import', other, '--from', file]);
      await editConfig(other, 'review', { blind: true });
      await workbench.open(folder);
      await workbench.showStudies();
      await workbench.row(/blind/).waitFor();
      await keyboard.command('Open Question...');
      await workbench.quickInput.waitFor();
      await keyboard.press('Enter');
      let panel = await QuestionPanel.shown(workbench);
      const turned: boolean[] = [];
      for (let at = 0; ; at++) {
        const id = await panel.id.innerText();
        const [left, right] = await panel.texts.allInnerTexts();
        const files = (await trajectoriesOf(other)).filter(({ question_id }) => question_id === id);
        assert.deepEqual([left, right].toSorted(), files.map(({ text }) => text).toSorted());
        turned.push(left === files.find(({ index }) => index === 1)?.text);
        if (at === 0) {
          await panel.header.getByText('samples numbered at random').waitFor();
          await workbench.shots('review-blind-dataset', THEMES);
          await panel.press('ArrowDown');
          const row = await panel.selectedRow.locator('.index').innerText();
          const text = row === '#00' ? left : right;
          await keyboard.press('c');
          await until('the decision', async () => (await decisionsOf(other)).length === 1);
          const [decision] = await decisionsOf(other);
          assert.equal(files.find(({ index }) => index === decision?.chosen)?.text, text);
          await panel.within('.score-row.selected.chosen').waitFor();
        }
        if (at === 5) break;
        await panel.press('n');
        await until(`the question after ${id}`, async () => (await panel.id.innerText()) !== id);
        panel = await QuestionPanel.shown(workbench);
      }
      assert.equal(
        new Set(turned).size,
        2,
        `some sides are turned, some are not: ${turned.join()}`,
      );
    },
  );
});

/** A pair of somebody's dataset; which of its sides is the better one, its texts do not say. */
function preferenceLine(at: number): string {
  const pair = {
    prompt: `What is bird ${at}?`,
    chosen: `A tern, ${at}.`,
    rejected: `A gull, ${at}.`,
  };
  return `${JSON.stringify(pair)}\n`;
}
