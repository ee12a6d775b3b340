import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { encodeRecord } from '../../src/records/jsonl.ts';
import { studyPaths } from '../../src/study/study.ts';
import { QuestionPanel } from './support/questionPanel.ts';
import { stepsOf } from './support/steps.ts';
import {
  decisionsOf,
  editConfig,
  trajectoriesOf,
  writeDemoQuestions,
} from './support/studyFiles.ts';
import { RUN_MS, until } from './support/until.ts';

const QUESTIONS = ['isle-01', 'isle-02', 'isle-03', 'isle-21'];
const N = 4;

describe('The main job on the embedded models in the packaged extension', () => {
  let dir: string;
  let folder: string;
  const step = stepsOf({ name: 'main', endpoint: 'embedded' }, async (session) => {
    folder = await session.workspace('ondrey');
    dir = join(folder, 'isle');
    await mkdir(join(folder, 'source'));
    await writeDemoQuestions(join(folder, 'source/demo.jsonl'), QUESTIONS);
  });

  step('welcomes a newcomer with what a study is and how to make one', async ({ workbench }) => {
    await workbench.open(folder);
    await workbench.showStudies();
    await workbench.nextStep.getByText('A study is a folder').waitFor();
    await workbench.shots('welcome', ['dark', 'light', 'highContrast']);
  });

  step(
    'creates a study by asking for folder, questions, server, model and N',
    async ({ workbench }) => {
      await workbench.takeNextStep('Create Study');
      await workbench.answer('Create a study', 'isle');
      await workbench.shot('create-study-dark');
      await workbench.pick('Later');
      await workbench.shot('create-study-server-dark');
      await workbench.pick('embedded');
      await workbench.pick('SmolLM2');
      await workbench.answer('Trajectories a question', String(N));
      await workbench.row('isle').waitFor();
      const config: unknown = JSON.parse(await readFile(studyPaths(dir).config, 'utf8'));
      assert.equal(sectionOf(config, 'sampling')['n'], N);
      assert.equal(sectionOf(config, 'sampling')['strategy'], 'step_by_step');
      await editConfig(dir, 'sampling', { max_tokens: 48 });
    },
  );

  step('imports questions from a file of the workspace', async ({ workbench }) => {
    await workbench.takeNextStep('Import Questions');
    await workbench.pick('source/demo.jsonl');
    await workbench.pick('Recognise it');
    await workbench.pick('Only those that the questions come with');
    await workbench.said('isle holds 4 questions');
    await workbench.expand(workbench.row('isle'));
    for (const id of QUESTIONS) await workbench.row(id).waitFor();
    await workbench.shot('imported-dark');
  });

  step(
    'samples, showing trajectories under their questions as they come',
    async ({ workbench }) => {
      await workbench.pressToastButton('isle holds 4 questions', 'Sample Trajectories');
      await workbench.expand(workbench.row(QUESTIONS[0] ?? ''));
      await workbench.row(/^#0\d/).waitFor();
      const taken = (await trajectoriesOf(dir)).length;
      assert.ok(taken < QUESTIONS.length * N, 'rows appear before the run is over');
      await until('progress in the view', async () =>
        /\d+ of 16 .*tokens\/s.*left/.test(await workbench.viewMessage.innerText()),
      );
      await workbench.shots('sampling', ['dark', 'light'], { still: false });
      await until(
        'all trajectories',
        async () => (await trajectoriesOf(dir)).length === QUESTIONS.length * N,
        RUN_MS,
      );
      await workbench.said(/Sampled 16 trajectories of isle/);
      const keys = (await trajectoriesOf(dir)).map(
        ({ question_id, index }) => `${question_id} ${index}`,
      );
      assert.equal(new Set(keys).size, QUESTIONS.length * N, 'no index twice');
      for (const id of QUESTIONS) await workbench.row(`${id}4/4`).waitFor();
    },
  );

  step('scores, and shows margins beside the questions', async ({ workbench }) => {
    await workbench.pressToastButton('Sampled 16', 'Score');
    await workbench.said('Scored 4 questions of isle with mbr_embedding.');
    for (const id of QUESTIONS)
      await workbench.row(new RegExp(`${id}.*(margin \\d\\.\\d{3}|left out)`)).waitFor();
    await workbench.clearToasts();
    await workbench.shots('scored', ['dark', 'light', 'highContrast']);
  });

  step('opens a question with its heatmap and both texts', async ({ workbench }) => {
    await workbench.row('isle-02').click();
    const panel = await QuestionPanel.shown(workbench);
    await panel.untilQuestion('isle-02');
    await panel.heatmap.waitFor();
    assert.equal(await panel.rows.count(), N);
    const texts = await panel.texts.allInnerTexts();
    assert.equal(texts.length, 2);
    for (const text of texts) assert.ok(text.length > 20, text);
    await workbench.shots('panel', ['dark', 'light', 'highContrast']);
  });

  step('moves over cells by the arrow keys, and both texts follow', async ({ workbench }) => {
    const panel = await QuestionPanel.shown(workbench);
    const before = await panel.texts.allInnerTexts();
    await panel.press('ArrowDown');
    await panel.press('ArrowDown');
    await panel.press('ArrowRight');
    await until('a cell under the focus', async () =>
      (await panel.readout.innerText()).includes('u(i, j)'),
    );
    const now = await panel.texts.allInnerTexts();
    assert.notDeepEqual(now, before);
    await workbench.shot('panel-cell-dark');
    await panel.press('t');
    await panel.table.waitFor();
    await workbench.shot('panel-table-dark');
    await panel.press('t');
    await panel.heatmap.waitFor();
  });

  step(
    'puts the reviewer’s choice in place of the policy’s, and takes it back',
    async ({ workbench }) => {
      const panel = await QuestionPanel.shown(workbench);
      const policy = await panel.sides();
      await panel.press('Escape');
      const other = await neither(panel, policy);
      await panel.row(other).click();
      await panel.press('c');
      await panel.untilChosen(other);
      assert.match(await panel.row(other).innerText(), /chosen\s+you/);
      assert.equal(
        await panel.row(policy.chosen).locator('.mark.replaced s').innerText(),
        'chosen',
      );
      assert.match(
        await panel.pair.locator('s').innerText(),
        new RegExp(`${policy.chosen}.*policy`),
      );
      await workbench.shots('override', ['dark', 'light']);

      const [record, ...more] = await decisionsOf(dir);
      assert.equal(more.length, 0);
      assert.equal(record?.kind, 'override');
      assert.equal(record.reviewer, 'reviewer');
      assert.equal(record.question_id, 'isle-02');
      assert.equal(`#0${record.chosen ?? ''}`, other);
      assert.equal(`#0${record.previous?.chosen ?? ''}`, policy.chosen);
      assert.equal(record.shown?.scorer, 'mbr_embedding');

      await panel.press('u');
      await panel.untilChosen(policy.chosen);
      await panel.press('y');
      await panel.untilChosen(other);
      const kinds = (await decisionsOf(dir)).map(({ kind }) => kind);
      assert.deepEqual(kinds, ['override', 'undo', 'redo']);
      await workbench.row(/isle-02.*overridden by reviewer/).waitFor();
    },
  );

  step('goes to the next and the previous question', async ({ workbench }) => {
    const panel = await QuestionPanel.shown(workbench);
    await panel.press('n');
    await panel.untilQuestion('isle-03');
    await panel.press('p');
    await panel.untilQuestion('isle-02');
  });

  step(
    'exports the pairs with the override and says in a manifest what is in them',
    async ({ workbench }) => {
      await workbench.command('Export Pairs...');
      await workbench.pick(/^trl/);
      await workbench.answer('Name of the export', 'first');
      await workbench.said(/Exported \d pairs? of isle/);
      const pairs = await pairsOf(join(dir, 'exports/first/pairs.jsonl'));
      const trajectories = await trajectoriesOf(dir);
      const panel = await QuestionPanel.shown(workbench);
      const { chosen } = await panel.sides();
      const text = trajectories.find(
        ({ question_id, index }) => question_id === 'isle-02' && `#0${index}` === chosen,
      )?.text;
      const chosenTexts = pairs.map((pair) => pair.chosen.at(-1)?.content);
      assert.ok(chosenTexts.includes(text), 'the reviewer’s choice is in the export');
      for (const pair of pairs) {
        assert.deepEqual(
          [pair.prompt.at(-1)?.role, pair.rejected.at(-1)?.role],
          ['user', 'assistant'],
        );
        assert.notEqual(pair.chosen.at(-1)?.content, pair.rejected.at(-1)?.content);
      }
      const manifest = await readFile(join(dir, 'exports/first/manifest.json'), 'utf8');
      assert.match(manifest, /"reviewer"/);
      await workbench.pressToastButton('Exported', 'Open Manifest');
      await workbench.tabs.filter({ hasText: 'manifest.json' }).waitFor();
      await workbench.shot('manifest-dark');
    },
  );

  step('shows the report', async ({ workbench }) => {
    await workbench.clearToasts();
    await workbench.command('Report');
    const report = await workbench.webview('.report, main');
    await report.getByText('SubEM').first().waitFor();
    await report.getByText('oracle@4').first().waitFor();
    await workbench.shots('report', ['dark', 'light', 'highContrast']);
  });

  step('keeps everything over a reload of the page', async ({ workbench }) => {
    const before = await decisionsOf(dir);
    // The served editor saves its tabs when it has been idle for five seconds.
    await delay(12_000);
    await workbench.reload();
    // Which of the tabs was in front is saved only now and then; that all of them come back counts.
    await workbench.tabs.filter({ hasText: 'isle-02' }).click();
    const panel = await QuestionPanel.shown(workbench);
    await panel.untilQuestion('isle-02');
    await panel.heatmap.waitFor();
    await workbench.row(/isle-02.*overridden by reviewer/).waitFor();
    assert.deepEqual(await decisionsOf(dir), before);
    await workbench.tabs.filter({ hasText: 'Report: isle' }).click();
    const report = await workbench.webview('.report');
    await report.getByText('oracle@4').first().waitFor();
    await workbench.tabs.filter({ hasText: 'isle-02' }).click();
    assert.deepEqual(await workbench.toasts.allInnerTexts(), []);
  });

  step(
    'shows by itself what another reviewer decided and what the command sampled',
    async (session) => {
      const { workbench } = session;
      const panel = await QuestionPanel.shown(workbench);
      await panel.press('n');
      await panel.untilQuestion('isle-03');
      const other = await neither(panel, await panel.sides());
      await appendFile(
        studyPaths(dir).decisionFile('ada'),
        encodeRecord({
          v: 1,
          id: randomUUID(),
          question_id: 'isle-03',
          sampling: (await trajectoriesOf(dir))[0]?.sampling,
          kind: 'override',
          chosen: Number(other.slice(1)),
          reviewer: 'ada',
          at: new Date().toISOString(),
        }),
      );
      await workbench.row(/isle-03.*overridden by ada/).waitFor();
      await panel.untilChosen(other);

      await editConfig(dir, 'sampling', { n: N + 1 });
      await workbench.row(`isle-01${N}/${N + 1}`).waitFor();
      await session.command(['sample', dir, '--endpoint', `${session.model.url}/v1`]);
      const missing = workbench.rows.filter({ hasText: `${N}/${N + 1}` });
      await until('all samples in the tree', async () => (await missing.count()) === 0);
      await until('the fifth row in the panel', async () => (await panel.rows.count()) === N + 1);
      assert.deepEqual(await workbench.toasts.allInnerTexts(), []);
    },
  );

  step('asked nothing of any host but this machine, and met no error', (session) => {
    session.assertQuiet();
    return Promise.resolve();
  });
});

/** A trajectory that is on neither side of the pair. */
async function neither(
  panel: QuestionPanel,
  pair: { chosen: string; rejected: string },
): Promise<string> {
  const numbers = await panel.rows.locator('.index').allInnerTexts();
  const other = numbers.find((number) => number !== pair.chosen && number !== pair.rejected);
  if (other === undefined) throw new Error('All trajectories are in the pair.');
  return other;
}

const messages = z.array(z.object({ role: z.string(), content: z.string() }));
const pairSchema = z.object({ prompt: messages, chosen: messages, rejected: messages });

async function pairsOf(file: string): Promise<z.infer<typeof pairSchema>[]> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  return lines.map((line) => pairSchema.parse(JSON.parse(line)));
}

function sectionOf(config: unknown, name: string): Record<string, unknown> {
  return (
    z.record(z.string(), z.record(z.string(), z.unknown()).catch({})).parse(config)[name] ?? {}
  );
}
