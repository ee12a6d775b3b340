import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'node:test';
import { SCHEMA_VERSION } from '../../src/records/schemas.ts';
import { studyPaths } from '../../src/study/study.ts';
import { EMULATIONS, startEmulatedServer } from '../support/emulatedServer.ts';
import { questionRecord, writeRecords } from '../support/study.ts';
import type { Session } from './support/session.ts';
import { stepsOf } from './support/steps.ts';
import { trajectoriesOf } from './support/studyFiles.ts';
import { RUN_MS, until } from './support/until.ts';

const KEY = 'sk-e2e-never-to-be-seen-7731';
const QUESTIONS = Array.from({ length: 32 }, (_, i) => `q-${String(i).padStart(2, '0')}`);
const N = 8;
const TOTAL = QUESTIONS.length * N;

describe("A server of the user's own", () => {
  let dir: string;
  let folder: string;
  let address: string;
  /** Waits for samples that are not there yet; returns all. */
  const someMore = async () => {
    const before = (await trajectoriesOf(dir)).length;
    return until(
      'more samples',
      async () => {
        const now = await trajectoriesOf(dir);
        return now.length > before ? now : undefined;
      },
      RUN_MS,
    );
  };
  const assertWhole = async (n: number) => {
    const keys = (await trajectoriesOf(dir)).map(
      ({ question_id, index }) => `${question_id} ${index}`,
    );
    const wanted = QUESTIONS.flatMap((id) => Array.from({ length: n }, (_, i) => `${id} ${i}`));
    assert.deepEqual(keys.sort(), wanted.sort());
  };
  const step = stepsOf({ name: 'endpoints' }, async (session) => {
    const server = await startEmulatedServer({
      ...EMULATIONS['vllm that tells cached tokens'],
      models: ['lab/answerer'],
      key: KEY,
      delayMs: 2000,
    });
    session.cleanUp(server.close);
    address = server.url;
    folder = await session.workspace('lab');
    dir = join(folder, 'isle');
    const settings = [`sampling.model=lab/answerer`, `sampling.n=${N}`, 'sampling.max_tokens=64'];
    await session.command(['init', dir, ...settings.flatMap((value) => ['--set', value])]);
    await writeRecords(
      studyPaths(dir).questions,
      QUESTIONS.map((id) => ({ v: SCHEMA_VERSION, ...questionRecord(id), context_tokens: 6000 })),
    );
    await session.editor.configure({
      'sealong.endpoints': {
        lab: {
          base_url: server.url,
          concurrency: 8,
          prices: { prompt: 2.5, cached: 1.25, completion: 10, currency: 'USD' },
        },
        old: { base_url: 'http://127.0.0.1:9', api_key: 'sk-in-settings' },
      },
      'sealong.confirmAbove.tokens': 10_000,
    });
    await session.workbench.open(folder);
    await session.workbench.showStudies();
    await session.workbench.expand(session.workbench.row('isle'));
  });

  step(
    'tests the server, asks for its key where it is refused, and lists what it found',
    async ({ workbench }) => {
      await workbench.command('Test Endpoint...');
      await workbench.line('settings hold no keys').waitFor();
      await workbench.shot('endpoint-pick-dark');
      await workbench.pick('lab');
      await workbench.line('refused the key (401)').waitFor();
      await workbench.shot('endpoint-refused-dark');
      await workbench.pick('Set its API key');
      await workbench.answer('API key for', KEY);
      await workbench.line('Use this server').waitFor({ timeout: RUN_MS });
      for (const found of [/Reachable.*yes/, /Server.*yes · vLLM 0\.11\.2/, /Seeds.*yes/])
        await workbench.line(found).waitFor();
      await workbench.shots('endpoint-tested', ['dark']);
      await workbench.pick('Use this server');
      await workbench.said('lab is the server in use');
      await workbench.clearToasts();
    },
  );

  step('shows in the choice of servers what the last test found', async ({ workbench }) => {
    await workbench.command('Select Endpoint...');
    await workbench.line(/lab.*vLLM 0\.11\.2, lab\/answerer there, 131K context/).waitFor();
    await workbench.shot('endpoint-select-dark');
    await workbench.page.keyboard.press('Escape');
  });

  step(
    'says what a run will take, and asks where that is above the limit',
    async ({ workbench }) => {
      await workbench.takeNextStep('Sample Trajectories');
      await workbench.dialog.waitFor();
      const asked = await workbench.dialog.innerText();
      assert.match(asked, /Sample isle on lab\?/);
      assert.match(asked, /256 samples, 195K prompt tokens if cached, at most 16K completion/);
      assert.match(asked, /at most \d\.\d\d USD/);
      await workbench.shots('estimate', ['dark']);
      await workbench.dialog.getByRole('button', { name: 'Cancel' }).click();
      assert.deepEqual(await trajectoriesOf(dir), []);
      await workbench.takeNextStep('Sample Trajectories');
      await workbench.dialog.getByRole('button', { name: 'Sample', exact: true }).click();
    },
  );

  step('shows how the run goes in the view and in the status bar', async ({ workbench }) => {
    await until('progress', async () =>
      /\d+ of 256 .*left/.test(await workbench.viewMessage.innerText()),
    );
    await workbench.status(/Sampling isle: \d+ of 256/).waitFor();
    await workbench.status(/Sampling isle/).hover();
    await workbench.page.locator('.workbench-hover').getByText('Click to cancel').waitFor();
    await workbench.page.screenshot({ path: 'test/output/e2e/sampling-hover-dark.png' });
    await workbench.shots('sampling-server', ['dark', 'light'], { still: false });
  });

  step('loses nothing to a reload in the middle, and offers to go on', async ({ workbench }) => {
    const before = await someMore();
    await workbench.reload();
    await workbench.showStudies();
    const said = await workbench.said('Sampling of isle stopped at', RUN_MS);
    const kept = await trajectoriesOf(dir);
    assert.deepEqual(kept.slice(0, before.length), before);
    assert.match(said, new RegExp(`stopped at ${kept.length} of ${TOTAL} samples\\.`));
    assert.match(said, new RegExp(`Left: ${TOTAL - kept.length} samples, .* prompt tokens`));
    // It was said what is left: that is not asked again.
    await workbench.pressToastButton('Sampling of isle stopped at', 'Resume');
    await until('more samples', async () => (await trajectoriesOf(dir)).length > kept.length);
    assert.equal(await workbench.dialog.count(), 0);
  });

  step(
    'offers to go on after the editor was killed, and never goes on by itself',
    async (session) => {
      const { workbench } = session;
      await someMore();
      await session.editor.crash();
      const kept = await trajectoriesOf(dir);
      assert.ok(kept.length < TOTAL, `${kept.length} were taken`);
      await workbench.open(folder);
      await workbench.showStudies();
      const said = await workbench.said('Sampling of isle stopped at');
      assert.match(said, new RegExp(`stopped at ${kept.length} of ${TOTAL} samples\\.`));
      await workbench.nextStep.getByRole('button', { name: 'Resume Sampling' }).waitFor();
      await workbench.shots('resume', ['dark', 'light']);
      assert.equal((await trajectoriesOf(dir)).length, kept.length);
      await workbench.pressToastButton('Sampling of isle stopped at', 'Resume');
      await workbench.said(`Sampled ${TOTAL} trajectories of isle`, RUN_MS);
      await assertWhole(N);
      assert.deepEqual((await trajectoriesOf(dir)).slice(0, kept.length), kept);
      await workbench.clearToasts();
      await workbench.shot('sampled-server-dark');
    },
  );

  step('does not offer again what came to its end', async ({ workbench }) => {
    await workbench.reload();
    await workbench.showStudies();
    await workbench.nextStep.getByRole('button', { name: 'Score' }).waitFor();
    assert.equal(await workbench.toast('Sampling of isle stopped').count(), 0);
  });

  step(
    'offers to go on with a run of the command that was killed, with what was set for it',
    async (session) => {
      const { workbench } = session;
      const more = N + 4;
      const command = session.startCommand(
        ['sample', dir, '--endpoint', address, '--set', `sampling.n=${more}`],
        { SEALONG_API_KEY: KEY },
      );
      await someMore();
      assert.equal(await workbench.toast('Sampling of isle stopped').count(), 0, 'it still runs');
      await command.kill();
      const kept = (await trajectoriesOf(dir)).length;
      const all = QUESTIONS.length * more;
      const said = await workbench.said('Sampling of isle stopped at');
      assert.match(said, new RegExp(`stopped at ${kept} of ${all} samples\\.`));
      await workbench.shot('resume-command-dark');
      await workbench.pressToastButton('Sampling of isle stopped at', 'Resume');
      await workbench.said(`Sampled ${all} trajectories of isle`, RUN_MS);
      await assertWhole(more);
      assert.ok(!command.output().includes(KEY));
    },
  );

  step('has left the key in no file of the study, the logs or the cache', async (session) => {
    const holding = [];
    for (const root of [folder, session.editor.logs, join(session.folder, 'cache')])
      for (const path of await filesUnder(root))
        if ((await readFile(path, 'utf8')).includes(KEY)) holding.push(path);
    assert.deepEqual(holding, []);
    assert.ok(!session.editor.output().includes(KEY));
    assertNoKey(session);
  });

  step('asked nothing of any host but this machine, and met no error', (session) => {
    assert.deepEqual(session.browser.watch.offsite, []);
    return Promise.resolve();
  });
});

function assertNoKey(session: Session): void {
  assert.ok(!session.browser.watch.console.join('\n').includes(KEY));
}

async function filesUnder(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}
