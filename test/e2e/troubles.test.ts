import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'node:test';
import { studyPaths } from '../../src/study/study.ts';
import { stepsOf } from './support/steps.ts';
import { trajectoriesOf, writeDemoQuestions } from './support/studyFiles.ts';
import { RUN_MS, until } from './support/until.ts';

const QUESTIONS = ['isle-01', 'isle-06', 'isle-22'];
const N = 3;

describe('Troubles', () => {
  let dir: string;
  const step = stepsOf({ name: 'troubles', endpoint: 'lab' }, async (session) => {
    const { workbench } = session;
    const folder = await session.workspace('troubles');
    dir = join(folder, 'isle');
    const source = join(session.folder, 'demo.jsonl');
    await writeDemoQuestions(source, QUESTIONS);
    const values = {
      'questions.tokenizer': 'embedded',
      'questions.min_context_tokens': 256,
      'sampling.model': session.model.model,
      'sampling.strategy': 'direct_answer',
      'sampling.n': N,
      'sampling.max_tokens': 16,
      'scoring.embedding.model': 'embedded',
    };
    const settings = Object.entries(values).flatMap(([path, value]) => [
      '--set',
      `${path}=${value}`,
    ]);
    await session.command(['init', dir, ...settings]);
    await session.command(['synthesize', dir, '--from', source]);
    await workbench.open(folder);
    await workbench.showStudies();
    await workbench.expand(workbench.row('isle'));
  });

  step(
    'names the file where sealong.json is broken, and goes on once it is mended',
    async ({ workbench }) => {
      const { config } = studyPaths(dir);
      const good = await readFile(config, 'utf8');
      await writeFile(config, good.replace('"n": 3', '"n": "three"'));
      await workbench.row('sealong.json has errors').waitFor();
      await workbench.command('Sample Trajectories');
      const said = await workbench.said('sealong.json');
      assert.ok(said.includes(config), said);
      assert.match(said, /sampling\.n/);
      await workbench.shot('broken-config-dark');
      await workbench.clearToasts();

      await writeFile(config, '{ "sampling": ');
      await workbench.command('Sample Trajectories');
      assert.match(await workbench.said('sealong.json'), /not valid JSON|is no JSON|JSON/);
      await workbench.clearToasts();

      await writeFile(config, good);
      await until('the study to recover', async () => {
        return !(await workbench.row(/^isle/).innerText()).includes('errors');
      });
      assert.deepEqual(await trajectoriesOf(dir), []);
    },
  );

  step('lists lines that are no records, and uses the rest', async ({ workbench }) => {
    const { questions } = studyPaths(dir);
    const good = await readFile(questions, 'utf8');
    await writeFile(questions, `${good}{"id": "../up", "question": "?"}\n{"id": \n`);
    await workbench.row('2 problems').waitFor();
    for (const id of QUESTIONS) await workbench.row(id).waitFor();
    await workbench.row('2 problems').click();
    await workbench.pick(/not valid JSON/);
    await workbench.tabs.filter({ hasText: 'questions.jsonl' }).waitFor();
    await writeFile(questions, good);
    await until('the problems to go', async () => (await workbench.row('problems').count()) === 0);
  });

  step(
    'keeps what arrived when a run is cancelled, and resumes to exactly N',
    async ({ workbench }) => {
      await workbench.takeNextStep('Sample Trajectories');
      await until(
        'the first trajectory',
        async () => (await trajectoriesOf(dir)).length > 0,
        RUN_MS,
      );
      await workbench.takeNextStep('Cancel Run');
      await workbench.said('What is done in isle is kept');
      const kept = await trajectoriesOf(dir);
      assert.ok(kept.length > 0 && kept.length < QUESTIONS.length * N, `${kept.length} were taken`);
      await workbench.shot('cancelled-dark');
      await workbench.pressToastButton('What is done in isle is kept', 'Resume');
      await workbench.said(`Sampled ${QUESTIONS.length * N} trajectories`, RUN_MS);
      await assertComplete(dir, N);
      assert.deepEqual((await trajectoriesOf(dir)).slice(0, kept.length), kept);
      await workbench.clearToasts();
    },
  );

  step('names the server that went away, and resumes once it is back', async (session) => {
    const { workbench } = session;
    const { config } = studyPaths(dir);
    await writeFile(config, (await readFile(config, 'utf8')).replace('"n": 3', '"n": 5'));
    await workbench.row(`isle-01${N}/5`).waitFor();
    await session.model.stop();
    await workbench.command('Sample Trajectories');
    const said = await workbench.said('Could not reach');
    assert.ok(said.includes(new URL(session.model.url).host), said);
    await workbench.shot('server-gone-dark');
    await session.restartModel();
    await workbench.pressToastButton('Could not reach', 'Resume');
    await workbench.said(`Sampled ${QUESTIONS.length * 5} trajectories`, RUN_MS);
    await assertComplete(dir, 5);
    await workbench.clearToasts();
  });

  step('reads an untrusted workspace, and asks for trust before anything runs', async (session) => {
    const { workbench } = session;
    await session.editor.configure({ 'security.workspace.trust.enabled': true });
    await workbench.reload();
    await workbench.showStudies();
    await workbench.nextStep.getByText('not trusted').waitFor();
    await workbench.expand(workbench.row('isle'));
    await workbench.expand(workbench.row('isle-01'));
    await workbench.row(/^#00/).waitFor();
    await workbench.command('Score');
    await workbench.said('Scoring needs a trusted workspace');
    await workbench.shot('untrusted-dark');
    await workbench.pressToastButton('Scoring needs', 'Manage Workspace Trust');
    const editor = workbench.page.locator('.workspace-trust-editor');
    await editor.getByRole('button', { name: 'Trust', exact: true }).click();
    await workbench.nextStep.getByRole('button', { name: 'Score', exact: true }).waitFor();
    await workbench.page
      .locator('.monaco-modal-editor-block a[aria-label^="Close"]')
      .first()
      .click();
    await editor.waitFor({ state: 'hidden' });
    await workbench.takeNextStep('Score');
    await workbench.said(/Scored 3 questions of isle/, RUN_MS);
  });

  step('asked nothing of any host but this machine, and met no error', (session) => {
    session.assertQuiet();
    return Promise.resolve();
  });
});

/** Each question has the indices 0 to N-1 once. */
async function assertComplete(dir: string, n: number): Promise<void> {
  const records = await trajectoriesOf(dir);
  for (const id of QUESTIONS) {
    const indices = records
      .filter(({ question_id }) => question_id === id)
      .map(({ index }) => index);
    assert.deepEqual(
      indices.sort((a, b) => a - b),
      Array.from({ length: n }, (_, index) => index),
      id,
    );
  }
}
