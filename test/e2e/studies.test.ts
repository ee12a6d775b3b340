import assert from 'node:assert/strict';
import { cp, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'node:test';
import { writeBigStudy } from '../support/bigStudy.ts';
import { QuestionPanel } from './support/questionPanel.ts';
import { ROOT } from './support/requirements.ts';
import { stepsOf } from './support/steps.ts';
import { until } from './support/until.ts';

describe('Studies that were sampled and scored earlier', () => {
  let big: string;
  const step = stepsOf({ name: 'studies' }, async (session) => {
    big = await session.workspace('big');
    await writeBigStudy(join(big, 'big'));
  });

  step(
    'shows the demo as it was sampled: half of the samples against the other',
    async (session) => {
      const { workbench } = session;
      const demo = await session.workspace('demo');
      await cp(join(ROOT, 'demo/studies'), demo, { recursive: true });
      await workbench.open(demo);
      await workbench.showStudies();
      await workbench.row('Ondrey, sampled').click();
      await workbench.row('isle-01').waitFor();
      await workbench.command('Open Question...');
      await workbench.answer('Open a question of Ondrey, sampled', 'isle-28');
      const panel = await QuestionPanel.shown(workbench);
      await panel.untilQuestion('isle-28');
      await panel.heatmap.waitFor();
      assert.equal(await panel.rows.count(), 8);
      await workbench.nextStep.getByText('The pairs are exported').waitFor();
      await workbench.shots('question-panel', ['dark', 'light', 'highContrast'], { readme: true });
    },
  );

  step('opens a trajectory and a context as documents', async ({ workbench }) => {
    const { page } = workbench;
    await workbench.expand(workbench.row('isle-05'));
    await workbench.row(/^#\d\d .*chosen/).click();
    const text = page.locator('.monaco-editor .view-lines').first();
    await until('the text of the trajectory', async () => (await text.innerText()).length > 40);
    await workbench.shots('trajectory', ['dark', 'light']);
    await workbench.rowAction(workbench.row('isle-05'), 'Open Context');
    await text.getByText('Passage').first().waitFor();
    await workbench.shots('context', ['dark', 'light']);
  });

  step('follows a study whose folder gets another name, and back', async (session) => {
    const { workbench } = session;
    const demo = await session.workspace('demo');
    const [here, there] = [join(demo, 'ondrey-sampled'), join(demo, 'renamed')];
    const study = workbench.row('Ondrey, sampled');
    const question = workbench.row('isle-01');
    const open = async () => {
      await until('the study at its new place', async () => (await question.count()) === 0);
      await workbench.expand(study);
      await question.waitFor();
    };
    const margin = (shown: boolean) =>
      until(
        `a margin: ${String(shown)}`,
        async () => (await question.innerText()).includes('margin') === shown,
      );
    await rename(here, there);
    await open();
    await rename(join(there, 'scores'), join(there, 'kept'));
    await margin(false);
    await rename(join(there, 'kept'), join(there, 'scores'));
    await margin(true);
    await rename(there, here);
    await open();
  });

  step(
    'shows the first of 2,048 questions x 32 trajectories, and then all',
    async ({ workbench }) => {
      await workbench.open(big);
      await workbench.showStudies();
      const row = workbench.row('big');
      await row.waitFor();
      const shown = stopwatch();
      await workbench.expand(row);
      await workbench.row('q-0000').waitFor();
      shown('first questions after the study was opened');
      const read = stopwatch();
      await workbench
        .row('2048 questions · 65536/65536 · 2048 pairs')
        .waitFor({ timeout: 120_000 });
      read('all of it read and counted');
    },
  );

  step('opens a question of 32 trajectories and walks on from it', async ({ workbench }) => {
    const opened = stopwatch();
    await workbench.row('q-0001').click();
    const panel = await QuestionPanel.shown(workbench);
    await panel.untilQuestion('q-0001');
    await panel.heatmap.waitFor();
    opened('the panel, from the click to the heatmap');
    assert.equal(await panel.rows.count(), 32);
    const walked = stopwatch();
    await panel.press('n');
    await panel.untilQuestion('q-0002');
    walked('the next question');
    await workbench.shots('panel-32', ['dark']);
  });

  step('sorts all questions by margin', async ({ workbench }) => {
    const sorted = stopwatch();
    await workbench.command('Sort Questions...');
    await workbench.pick('Margin, smallest first');
    await until('small margins first', async () => {
      const texts = await workbench.rows.allInnerTexts();
      const margins = texts.flatMap((text) => /margin (\d\.\d+)/.exec(text)?.[1] ?? []).map(Number);
      const rising = margins.every((margin, at) => margin >= (margins[at - 1] ?? 0));
      return margins.length > 5 && (margins[0] ?? 1) < 0.03 && rising;
    });
    sorted('sorting by margin');
  });

  step('asked nothing of any host but this machine, and met no error', (session) => {
    session.assertQuiet();
    return Promise.resolve();
  });
});

/** Prints how long something took: on a shared machine no limit could be kept. */
function stopwatch(): (what: string) => void {
  const start = performance.now();
  return (what) => {
    console.log(`${Math.round(performance.now() - start)} ms: ${what}`);
  };
}
