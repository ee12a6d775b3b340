import assert from 'node:assert/strict';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'node:test';
import { ROOT } from './support/requirements.ts';
import { stepsOf } from './support/steps.ts';
import { until } from './support/until.ts';

describe('Making long contexts, and looking at what they are like', () => {
  let folder: string;
  let dir: string;
  const step = stepsOf({ name: 'synthesis' }, async (session) => {
    folder = await session.workspace('contexts');
    dir = join(folder, 'long');
    await cp(join(ROOT, 'demo/questions.jsonl'), join(folder, 'source/questions.jsonl'));
    await cp(join(ROOT, 'demo/passages.jsonl'), join(folder, 'source/collection.jsonl'));
    const feedback = 'ultrafeedback.binarized.parquet';
    await cp(join(ROOT, 'test/fixtures/importing', feedback), join(folder, 'source', feedback));
    const settings = ['tokenizer=embedded', 'min_context_tokens=1024', 'max_context_tokens=6144'];
    const set = settings.flatMap((setting) => ['--set', `questions.${setting}`]);
    await session.command(['init', dir, ...set]);
    await session.command([
      'init',
      join(folder, 'feedback'),
      '--set',
      'questions.tokenizer=embedded',
    ]);
  });

  step('grows contexts from a collection that is picked in the editor', async ({ workbench }) => {
    await workbench.open(folder);
    await workbench.showStudies();
    await workbench.row('long').click();
    await workbench.command('Import Questions...');
    await workbench.pick('source/questions.jsonl');
    await workbench.pick('Recognise it');
    await workbench.pick('Also those of a file');
    await workbench.pick('source/collection.jsonl');
    await workbench.said('long holds 30 questions');
  });

  step('draws the lengths against their targets, and the rest in numbers', async (session) => {
    const { workbench } = session;
    await workbench.pressToastButton('long holds 30 questions', 'Synthesis Report');
    const report = await workbench.webview('[data-chart=context-lengths]');
    const tables = await report.locator('.tables').first().innerText();
    for (const part of [/examples\s+30/, /tokenizer/, /collection\s+78 documents/, /Left out/])
      assert.match(tables, part);
    assert.equal(await report.locator('[data-chart] svg').count(), 3);
    await workbench.clearToasts();
    await workbench.shots('synthesis-report', ['dark', 'light', 'highContrast']);
  });

  step('opens the numbers of a chart by key, which hold every context', async ({ workbench }) => {
    const report = await workbench.webview('[data-chart=context-lengths]');
    const lengths = report.locator('[data-chart=context-lengths]');
    await lengths.locator('summary').focus();
    await workbench.page.keyboard.press('Enter');
    await until('the numbers', () => lengths.locator('tbody').isVisible());
    const cells = await lengths.locator('tbody td:nth-child(2)').allInnerTexts();
    assert.equal(
      cells.reduce((sum, cell) => sum + Number(cell), 0),
      30,
    );
    await lengths.locator('tbody').scrollIntoViewIfNeeded();
    await workbench.shot('synthesis-numbers-dark');
  });

  step('opens a context whose passages are outlined and fold', async ({ workbench }) => {
    const { page } = workbench;
    await workbench.showStudies();
    await workbench.row('long').click();
    await workbench.expand(workbench.row('long'));
    await workbench.rowAction(workbench.row('isle-05'), 'Open Context');
    const lines = page.locator('.monaco-editor .view-lines').first();
    await lines.getByText('Passage').first().waitFor();
    await lines.click();
    await workbench.anyCommand('Fold All');
    await until('folded passages', async () =>
      /Passage\s1:\s*\S?\s*Passage\s2:/.test(await lines.innerText()),
    );
    await workbench.shot('context-folded-dark');
    await page.keyboard.press('Control+Shift+O');
    await page
      .locator('.quick-input-list')
      .getByText(/Passage 2: \S/)
      .first()
      .waitFor();
    await workbench.shot('context-outline-dark');
    await page.keyboard.press('Escape');
  });

  step('imports preferences of others, which export like any study', async ({ workbench }) => {
    await workbench.row('feedback').click();
    await workbench.command('Import Preference or SFT Data...');
    await workbench.pick('ultrafeedback.binarized.parquet');
    await workbench.pick('Recognise it');
    await workbench.pick('The longest');
    await workbench.answer('How many examples?', '2');
    await workbench.said('feedback holds 2 examples of ultrafeedback.binarized.parquet');
    await workbench.pressToastButton('feedback holds 2 examples', 'Export');
    await workbench.pick(/^trl/);
    await workbench.answer('Name of the export', 'first');
    await workbench.said('Exported 2 pairs of feedback');
    const pairs = await readFile(join(folder, 'feedback/exports/first/pairs.jsonl'), 'utf8');
    assert.match(pairs, /"chosen":\[\{"role":"assistant","content":"Nine miles/);
    await workbench.clearToasts();
    await workbench.expand(workbench.row('feedback'));
    await workbench.row(/uf-1.*imported/).waitFor();
    await workbench.row('uf-1').click();
    await workbench.shots('imported-dataset', ['dark', 'light']);
  });

  // Late, since the served editor saves its tabs only now and then.
  step('comes back after a reload of the page', async ({ workbench }) => {
    await workbench.reload();
    await workbench.tabs.filter({ hasText: 'Synthesis: long' }).click();
    const report = await workbench.webview('[data-chart=context-lengths]');
    await report.locator('[data-chart=related-positions] svg').waitFor();
    assert.match(await report.locator('.tables').first().innerText(), /examples\s+30/);
  });

  step('asked nothing of any host but this machine, and met no error', (session) => {
    session.assertQuiet();
    return Promise.resolve();
  });
});
