import assert from 'node:assert/strict';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'node:test';
import { studyPaths } from '../../src/study/study.ts';
import { QuestionPanel } from './support/questionPanel.ts';
import { ROOT } from './support/requirements.ts';
import { stepsOf } from './support/steps.ts';
import { RUN_MS, until } from './support/until.ts';

const STUDY = 'Ondrey, sampled';

describe('Several scorers on the same trajectories in the packaged extension', () => {
  let dir: string;
  const step = stepsOf({ name: 'scorers', endpoint: 'embedded' }, async (session) => {
    const folder = await session.workspace('scorers');
    dir = join(folder, 'ondrey');
    await cp(join(ROOT, 'demo/studies/ondrey-sampled'), dir, { recursive: true });
    await session.workbench.open(folder);
    await session.workbench.showStudies();
    await session.workbench.row(STUDY).waitFor();
  });

  step(
    'scores with another scorer, which leaves the study’s own as it is',
    async ({ workbench }) => {
      const before = await readFile(studyPaths(dir).config, 'utf8');
      await workbench.command('Score with...');
      await workbench.shot('score-with-dark');
      await workbench.pick('mbr_rouge');
      await workbench.said(`Scored 30 questions of ${STUDY} with mbr_rouge.`);
      assert.equal(await readFile(studyPaths(dir).config, 'utf8'), before);
      assert.equal(await scoredWith('mbr_rouge'), 30);
      await workbench.clearToasts();
      await workbench.command('Score with...');
      await workbench.pick(/^random/);
      await workbench.said('with random.');
      await workbench.clearToasts();
    },
  );

  step('sets the scorers of a question side by side', async ({ workbench }) => {
    await workbench.command('Open Question...');
    await workbench.answer('Open a question of', 'isle-28');
    const panel = await QuestionPanel.shown(workbench);
    await panel.untilQuestion('isle-28');
    await panel.press('e');
    const { comparison } = panel;
    await comparison.getByText('mbr_rouge').first().waitFor();
    assert.match(await comparison.locator('summary').innerText(), /of 3 scorers|All 3 scorers/);
    assert.equal(await comparison.locator('td.first').count(), 3);
    await workbench.shots('scorers-panel', ['dark', 'light', 'highContrast']);
  });

  step(
    'makes another scorer that of the study, and tree and panel follow',
    async ({ workbench }) => {
      await workbench.command('Show Scorer...');
      await workbench.pick('mbr_rouge');
      await until('sealong.json to name it', async () =>
        (await readFile(studyPaths(dir).config, 'utf8')).includes('"scorer": "mbr_rouge"'),
      );
      const panel = await QuestionPanel.shown(workbench);
      await until('the panel to show it', async () =>
        (await panel.header.innerText()).includes('mbr_rouge'),
      );
    },
  );

  step(
    'says how many judgements a model is to make, and asks none where that is declined',
    async ({ workbench }) => {
      await workbench.command('Score with...');
      await workbench.pick('mbr_self_evaluation');
      const { dialog } = workbench;
      await dialog.getByText(/At most [\d,]+ judgements, about .* prompt tokens/).waitFor();
      await workbench.shot('judging-dark');
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'hidden' });
      assert.equal(await scoredWith('mbr_self_evaluation'), 0);
    },
  );

  step(
    'compares them in the report, and saves its numbers and its chart',
    async ({ workbench }) => {
      await workbench.command('Report');
      const report = await workbench.webview('.report section[aria-label="Scorers"]');
      await report.getByRole('table', { name: 'Rank correlation' }).waitFor({ timeout: RUN_MS });
      await workbench.shots('report-scorers', ['dark', 'light']);
      const section = (name: string) => report.locator(`section[aria-label="${name}"]`);
      const save = async (name: string, label: string, file: string) => {
        await section(name).getByText(label).click();
        await workbench.quickInput.waitFor();
        await until(
          `the dialog to name ${file}`,
          async () => (await workbench.quickInput.inputValue()) === join(dir, file),
        );
        await workbench.quickInput.press('Enter');
        return until(`the file ${file}`, () => readFile(join(dir, file)).catch(() => undefined));
      };
      const csv = await save('Scorers', 'Save CSV...', 'scorers.csv');
      assert.match(
        csv.toString(),
        /^measure,scorer,other,questions,value\r?\nscored,mbr_embedding,,30,30/,
      );
      const svg = await save('Best of N', 'Save SVG...', 'best-of-n.svg');
      assert.match(svg.toString(), /^<svg [^]*oracle/);
      const png = await save('Best of N', 'Save PNG...', 'best-of-n.png');
      assert.equal(png.subarray(1, 4).toString(), 'PNG');
    },
  );

  step('asked nothing of any host but this machine, and met no error', (session) => {
    session.assertQuiet();
    return Promise.resolve();
  });

  async function scoredWith(scorer: string): Promise<number> {
    const text = await readFile(studyPaths(dir).scoreFile(scorer), 'utf8').catch(() => '');
    return text.split('\n').filter(Boolean).length;
  }
});
