import assert from 'node:assert/strict';
import { cp, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'node:test';
import { fakePython } from '../cluster/support/fakePython.ts';
import { Lab } from '../cluster/support/lab.ts';
import { passwordHost } from '../cluster/support/passwordHost.ts';
import { filesHolding } from './support/filesHolding.ts';
import { jobRow, STATE_MS } from './support/jobsView.ts';
import { labProfile } from './support/labProfile.ts';
import { ROOT } from './support/requirements.ts';
import { stepsOf } from './support/steps.ts';
import { until } from './support/until.ts';

const lab = process.env['SEALONG_LAB'] ?? 'npm test e2e says whether there is a test cluster';
const skip = lab === 'yes' ? false : lab;
const PASSWORD = 'correct horse battery staple';

describe('Training on a cluster from the editor', { skip }, () => {
  let dir: string;
  let folder: string;
  let cluster: Lab;
  let behave: Awaited<ReturnType<typeof fakePython>>['behave'];
  let door: Awaited<ReturnType<typeof passwordHost>>;
  const step = stepsOf({ name: 'cluster' }, async (session) => {
    cluster = await Lab.start();
    session.cleanUp(() => cluster.stop());
    const fake = await fakePython(cluster.folder, { steps: 60, seconds: 0.5 });
    behave = fake.behave;
    door = await passwordHost(cluster, PASSWORD);
    session.cleanUp(() => {
      door.stop();
      return Promise.resolve();
    });
    folder = await session.workspace('lab');
    dir = join(folder, 'ondrey');
    await cp(join(ROOT, 'demo/studies/ondrey-sampled'), dir, { recursive: true });
    const profile = {
      ...(await labProfile(cluster, fake.python)),
      host: 'lab-password',
      ssh_config: door.config,
    };
    await session.editor.configure({
      'sealong.clusters': {
        lab: profile,
        broken: { host: 'lab-login', gpu: 8 },
        small: { ...profile, partition: 'h200' },
      },
    });
    await session.workbench.open(folder);
    await session.workbench.showStudies();
    await session.workbench.row('Ondrey').waitFor();
  });

  const jobs = async () => (await readdir(join(dir, 'training'))).sort();
  const record = async (id: string) =>
    JSON.parse(await readFile(join(dir, 'training', id, 'job.json'), 'utf8')) as {
      state: string;
      place: { scheduler_id?: string };
    };

  step(
    'lists clusters, and says what is wrong with one that is not usable',
    async ({ workbench }) => {
      await workbench.command('Test Cluster...');
      await workbench.line(/broken.*not usable.*Unrecognized key: "gpu"/).waitFor();
      await workbench.shot('cluster-pick-dark');
    },
  );

  step('lets the command know the clusters of the settings', async (session) => {
    const known = () =>
      session.command(['serve', dir, '--cluster', 'nowhere', '--plan']).then(String, String);
    const names = async () => /There are: ([^.]*)\./.exec(await known())?.[1];
    assert.equal(await names(), 'lab, broken, small');
  });

  step(
    'shows the key of an unknown host with its fingerprint, and does not connect without a yes',
    async ({ workbench }) => {
      await workbench.pick(/(^|\s)lab(?=lab-)/);
      await workbench.dialog.waitFor();
      const said = await workbench.dialog.innerText();
      assert.match(said, /lab-password for the first time/);
      assert.ok(said.includes(door.fingerprint), said);
      await workbench.shot('cluster-host-key-dark');
      await workbench.dialog.locator(':focus').getByText('Copy Fingerprint').waitFor();
      // Enter, pressed without reading, trusts nobody: it is asked again.
      await workbench.page.keyboard.press('Enter');
      await workbench.dialog.getByRole('button', { name: 'Trust This Key and Connect' }).waitFor();
      await workbench.page.keyboard.press('Escape');
      assert.match(await workbench.said('host key of lab-password'), /not accepted/);
      await workbench.clearToasts();
      await assert.rejects(stat(door.knownHosts), 'no key was taken');
    },
  );

  step(
    'asks for the password in a box that names the host, and tells a wrong one',
    async (session) => {
      const { workbench } = session;
      await workbench.command('Test Cluster...');
      await workbench.pick(/(^|\s)lab(?=lab-)/);
      await workbench.dialog.getByRole('button', { name: 'Trust This Key and Connect' }).click();
      await workbench.page
        .locator('.quick-input-widget')
        .filter({ hasText: 'ssh to lab-password' })
        .waitFor();
      assert.equal(await workbench.quickInput.getAttribute('type'), 'password');
      await workbench.shot('cluster-password-dark');
      await workbench.answer('ssh to lab-password', 'wrong');
      await workbench.answer('lab-password did not take what was typed', PASSWORD);
      for (const line of [
        /connection: ok/,
        /scheduler: ok.*slurm/,
        /GPUs: ok.*8 h100/,
        /model: warning/,
      ])
        await workbench.line(line).waitFor();
      await workbench.shot('cluster-test-dark');
      await workbench.page.keyboard.press('Escape');
    },
  );

  step('keeps nothing of what was typed', async (session) => {
    assert.deepEqual(await filesHolding(session.folder, PASSWORD), []);
  });

  step('says what a cluster lacks, and sends nothing there', async ({ workbench }) => {
    await workbench.command('Train on Cluster...');
    await workbench.pick(/(^|\s)small(?=lab-)/);
    await workbench.pick('As in sealong.json');
    await workbench.pick('The pairs as they are now');
    await workbench.answer('ssh to lab-password', PASSWORD);
    await workbench.line(/partition: failed.*no partition "h200"/).waitFor();
    assert.equal(await workbench.line('Submit').count(), 0);
    await workbench.shot('cluster-not-ready-dark');
    await workbench.page.keyboard.press('Escape');
  });

  step(
    'shows what would be sent and run, the script in an editor, and submits',
    async ({ workbench }) => {
      await workbench.command('Train on Cluster...');
      await workbench.pick(/(^|\s)lab(?=lab-)/);
      await workbench.shot('train-recipe-dark');
      await workbench.pick('As in sealong.json');
      await workbench.shot('train-pairs-dark');
      await workbench.pick('The pairs as they are now');
      await workbench.line(/pairs\.jsonl.*KB/).waitFor();
      await workbench.line(/the trainer, \d+ files/).waitFor();
      await workbench.line(/Submit.*8 GPUs \(h100\).*00:30:00/).waitFor();
      await workbench.shot('train-plan-dark');
      await workbench.pick('Show Job Script');
      await workbench.page.locator('.view-lines').filter({ hasText: '#SBATCH' }).waitFor();
      await workbench.toast('This script is run on lab').waitFor();
      await workbench.shot('train-script-dark');
      assert.equal((await cluster.slurm('squeue', '-h')).trim(), '');
      await workbench.pressToastButton('This script is run on lab', 'Submit');
      await workbench.said(/was sent to lab as job \d+/);
    },
  );

  step(
    'follows the job in the view of jobs, in the status bar and in charts',
    async ({ workbench }) => {
      await jobRow(workbench, /orpo on lab.*running.*step \d+ of 60.*loss/).waitFor({
        timeout: STATE_MS,
      });
      await workbench.status(/orpo on lab: step \d+ of 60/).waitFor();
      await workbench.pressToastButton('was sent to lab', 'Training Charts');
      const panel = await workbench.webview('[data-chart="loss"]');
      for (const name of ['loss', 'margin', 'accuracy', 'learning-rate', 'throughput'])
        await panel.locator(`[data-chart="${name}"] svg.chart`).waitFor();
      const steps = panel.locator('tbody td').nth(1);
      const before = await steps.innerText();
      await until(
        'the charts to go on',
        async () => (await steps.innerText()) !== before,
        STATE_MS,
      );
      await workbench.clearToasts();
      await workbench.shots('training', ['dark', 'light', 'highContrast'], { still: false });
    },
  );

  step(
    'goes on after a reload of the window, asking only when it is told to',
    async ({ workbench }) => {
      await workbench.reload();
      await workbench.showStudies();
      const panel = await workbench.webview('[data-chart="loss"]');
      await panel.locator('tbody tr').first().waitFor();
      await workbench.page.getByText('Not followed').waitFor();
      assert.equal(await workbench.quickInput.count(), 0, 'nothing was asked by itself');
      await workbench.command('Follow Jobs');
      await workbench.answer('ssh to lab-password', PASSWORD);
      await workbench.said(/orpo on lab of Ondrey, sampled: done, step 60 of 60/, STATE_MS * 2);
      const [id = ''] = await jobs();
      assert.equal((await record(id)).state, 'done');
      const lines = await readFile(join(dir, 'training', id, 'metrics.jsonl'), 'utf8');
      const seen = lines
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { step: number }).step);
      assert.deepEqual(
        seen,
        Array.from({ length: 60 }, (_, at) => at + 1),
        'nothing twice, nothing missing',
      );
      await panel.locator('tbody td').filter({ hasText: '60 of 60' }).waitFor();
      await workbench.theme('dark');
      await workbench.shot('training-done-dark');
    },
  );

  step('fetches the adapter from the notification', async ({ workbench }) => {
    await workbench.pressToastButton('done, step 60', 'Fetch Adapter');
    await workbench.said(/The adapter of job .* is here, 2 files/);
    const [id = ''] = await jobs();
    assert.equal(
      (await stat(join(dir, 'training', id, 'adapter/adapter_model.safetensors'))).size,
      700_000,
    );
    await workbench.clearToasts();
  });

  step('asks before it cancels, and resumes from the checkpoint', async ({ workbench }) => {
    await behave({ steps: 400, seconds: 0.5 });
    await workbench.command('Train on Cluster...');
    await workbench.pick(/(^|\s)lab(?=lab-)/);
    await workbench.pick('The same with sft');
    await workbench.pick('The pairs as they are now');
    await workbench.pick('Submit');
    await jobRow(workbench, /sft on lab.*running.*step/).waitFor({ timeout: STATE_MS });
    await workbench.command('Cancel Job...');
    await workbench.dialog.getByText('Cancel sft on lab?').waitFor();
    await workbench.shot('cancel-job-dark');
    await workbench.page.keyboard.press('Escape');
    await workbench.command('Cancel Job...');
    await workbench.dialog.getByRole('button', { name: 'Cancel Job', exact: true }).click();
    await jobRow(workbench, /sft on lab.*cancelled/).waitFor({ timeout: STATE_MS });
    await workbench.clearToasts();
    await behave({ steps: 40, seconds: 0.1 });
    await workbench.command('Resume Job...');
    await workbench.dialog.getByRole('button', { name: 'Resume Job', exact: true }).click();
    await jobRow(workbench, /sft on lab.*done/).waitFor({ timeout: STATE_MS });
    await workbench.clearToasts();
    const panel = await workbench.webview('[data-chart="loss"]');
    await until(
      'both runs in the charts',
      async () => (await panel.locator('tbody tr').count()) === 2,
    );
    await workbench.shots('training-two', ['dark', 'light', 'highContrast']);
  });

  step(
    'starts a server as a job, takes it as the server in use, and stops it from the view',
    async ({ workbench }) => {
      await workbench.command('Start Server on Cluster...');
      await workbench.pick(/(^|\s)lab(?=lab-)/);
      await workbench.pick('stand_in');
      await workbench.pick('No adapter');
      await workbench.line(/Submit.*1 GPU/).waitFor();
      await workbench.shot('server-plan-dark');
      await workbench.pick('Submit');
      await workbench.said(/on lab answers at http:\/\/127\.0\.0\.1:\d+/, STATE_MS);
      const row = jobRow(workbench, /stand_in on lab.*answers at http/);
      await row.waitFor();
      await workbench.shot('server-dark');
      await workbench.pressToastButton('on lab answers at', 'Use This Server');
      await workbench.command('Select Endpoint...');
      await workbench.line(/server [0-9a-f]{4}.*http:\/\/127\.0\.0\.1:\d+/).waitFor();
      await workbench.page.keyboard.press('Escape');
      await workbench.rowAction(row, 'Stop Server');
      await workbench.dialog.getByRole('button', { name: 'Stop Server', exact: true }).click();
      await jobRow(workbench, /stand_in on lab.*cancelled/).waitFor({ timeout: STATE_MS });
      await workbench.clearToasts();
      await until('the endpoints without it', async () => {
        await workbench.command('Select Endpoint...');
        await workbench.line('Add a server').waitFor();
        const servers = await workbench.line(/server [0-9a-f]{4}/).count();
        await workbench.page.keyboard.press('Escape');
        return servers === 0;
      });
    },
  );

  step('lists what a job left before it removes any of it', async ({ workbench }) => {
    await workbench.command('Clean Up Remote Files...');
    await workbench.pick(/orpo on lab/);
    await workbench.line('adapter/adapter_model.safetensors').waitFor();
    await workbench.shot('clean-dark');
    await workbench.pick('Remove These');
    await workbench.said(/Removed \d+ files of job/);
    const left = await readdir(join(cluster.home(), 'sealong/jobs'));
    assert.equal(left.length, 2);
    assert.equal((await jobs()).length, 2, 'what is here stays');
  });

  step('connects to nothing in a workspace that is not trusted', async (session) => {
    await session.editor.configure({
      'security.workspace.trust.enabled': true,
    });
    await session.workbench.reload();
    await session.workbench.showStudies();
    await session.workbench.command('Test Cluster...');
    await session.workbench.said('Testing a cluster needs a trusted workspace');
    session.assertQuiet();
  });
});
