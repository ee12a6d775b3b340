import assert from 'node:assert/strict';
import { cp, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'node:test';
import { fakePython } from '../cluster/support/fakePython.ts';
import { changedHost, guardedHost } from '../cluster/support/guardedHost.ts';
import { Lab } from '../cluster/support/lab.ts';
import { fingerprintOf } from '../cluster/support/passwordHost.ts';
import { filesHolding } from './support/filesHolding.ts';
import { jobRow, jobRows, STATE_MS } from './support/jobsView.ts';
import { labProfile } from './support/labProfile.ts';
import { ROOT } from './support/requirements.ts';
import { stepsOf } from './support/steps.ts';
import { trajectoriesOf } from './support/studyFiles.ts';
import { until } from './support/until.ts';
import type { Workbench } from './support/workbench.ts';

const lab = process.env['SEALONG_LAB'] ?? 'npm test e2e says whether there is a test cluster';
const skip = lab === 'yes' ? false : lab;
const SECRETS = {
  passphrase: 'seven lanterns over water',
  factor: '730 551',
  wrong: 'nine lanterns over water',
};

describe('What may be asked and done while training on a cluster from the editor', { skip }, () => {
  let dir: string;
  let folder: string;
  let cluster: Lab;
  let known: Awaited<ReturnType<typeof changedHost>>;
  let behave: Awaited<ReturnType<typeof fakePython>>['behave'];
  let clustersFile: string;
  let config: string;
  const step = stepsOf({ name: 'clusterWalks' }, async (session) => {
    cluster = await Lab.start();
    session.cleanUp(() => cluster.stop());
    const fake = await fakePython(cluster.folder, { steps: 900, seconds: 0.1 });
    behave = fake.behave;
    const guarded = await guardedHost(cluster, SECRETS);
    session.cleanUp(() => {
      guarded.stop();
      return Promise.resolve();
    });
    known = await changedHost(cluster);
    folder = await session.workspace('walks');
    dir = join(folder, 'ondrey');
    await cp(join(ROOT, 'demo/studies/ondrey-sampled'), dir, { recursive: true });
    config = await readFile(join(dir, 'sealong.json'), 'utf8');
    const profile = await labProfile(cluster, fake.python);
    clustersFile = join(session.folder, 'clusters.json');
    await writeFile(clustersFile, JSON.stringify({ lab: profile }));
    await session.editor.configure({
      'sealong.clusters': {
        lab: profile,
        guarded: { ...profile, host: 'lab-guarded', ssh_config: guarded.config },
        moved: { ...profile, ssh_config: known.config },
      },
    });
    await session.workbench.open(folder);
    await session.workbench.showStudies();
    await session.workbench.row('Ondrey').waitFor();
  });

  const jobs = async () => (await readdir(join(dir, 'training'))).sort();
  const schedulerId = async (id: string) => {
    const text = await readFile(join(dir, 'training', id, 'job.json'), 'utf8');
    return (JSON.parse(text) as { place: { scheduler_id?: string } }).place.scheduler_id ?? '';
  };
  const stepsDone = async (id: string) => {
    const lines = await readFile(join(dir, 'training', id, 'metrics.jsonl'), 'utf8');
    return lines
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { step: number }).step);
  };
  const confirm = async ({ dialog }: Workbench, button: string) => {
    await dialog.getByRole('button', { name: button, exact: true }).click();
  };

  step('refuses a host whose key has changed, and says which line to remove', async (session) => {
    const { workbench } = session;
    await workbench.command('Test Cluster...');
    await workbench.pick(/(^|\s)moved(?=lab-)/);
    const said = await workbench.said('The host key of lab-login is not the one in');
    assert.ok(said.includes(`${known.knownHosts}, line 1`), said);
    assert.ok(said.includes(await fingerprintOf(cluster)), said);
    assert.match(said, /Nothing was sent.*ssh-keygen -R "\[127\.0\.0\.1\]:\d+" -f "/s);
    await workbench.shots('cluster-key-changed', ['dark', 'light']);
    await workbench.clearToasts();
  });

  step('stops where a passphrase is not given, and says so', async ({ workbench }) => {
    await workbench.command('Test Cluster...');
    await workbench.pick(/(^|\s)guarded(?=lab-)/);
    await workbench.page
      .locator('.quick-input-widget')
      .filter({ hasText: 'ssh to lab-guarded' })
      .filter({ hasText: "Enter passphrase for key '" })
      .waitFor();
    await workbench.shot('cluster-passphrase-dark');
    await workbench.page.keyboard.press('Escape');
    const said = await workbench.said('lab-guarded was not connected to');
    assert.match(said, /Enter passphrase for key '.*'" was not answered/s);
    assert.equal(await workbench.toasts.count(), 1);
    await workbench.clearToasts();
  });

  step('takes the question away where connecting is cancelled', async ({ workbench }) => {
    await workbench.command('Test Cluster...');
    await workbench.pick(/(^|\s)guarded(?=lab-)/);
    const box = workbench.page
      .locator('.quick-input-widget')
      .filter({ hasText: 'ssh to lab-guarded' });
    await box.waitFor();
    await workbench.pressToastButton('Connecting to lab-guarded', 'Cancel');
    await box.waitFor({ state: 'hidden' });
  });

  step('asks again for a passphrase and a second factor that were wrong', async (session) => {
    const { workbench } = session;
    await workbench.command('Test Cluster...');
    await workbench.pick(/(^|\s)guarded(?=lab-)/);
    await workbench.answer("Enter passphrase for key '", SECRETS.wrong);
    await workbench.answer('lab-guarded did not take what was typed', SECRETS.passphrase);
    await workbench.page
      .locator('.quick-input-widget')
      .filter({
        hasText: /ssh to lab-guarded.*\(sealong-lab-\w+@\S+\) Password\. It goes to ssh alone/s,
      })
      .waitFor();
    assert.equal(await workbench.quickInput.getAttribute('type'), 'password');
    await workbench.answer('Password', SECRETS.wrong);
    await workbench.page
      .locator('.quick-input-widget')
      .filter({ hasText: 'lab-guarded did not take what was typed' })
      .waitFor();
    await workbench.shot('cluster-second-factor-dark');
    await workbench.answer('did not take', SECRETS.factor);
    await workbench.line(/connection: ok/).waitFor();
    await workbench.page.keyboard.press('Escape');
    assert.equal(await workbench.toasts.count(), 0, 'nothing failed');
    for (const secret of Object.values(SECRETS))
      assert.deepEqual(await filesHolding(session.folder, secret), [], 'nothing typed is kept');
  });

  step('says that a job is being sent, and that its sending was cut off', async (session) => {
    const { workbench } = session;
    const begun = join(cluster.folder, 'sending');
    await cluster.openFile(begun);
    await cluster.wrap('rsync', `echo begun >>'${begun}'; exec sleep 600`);
    const args = ['train', dir, '--cluster', 'lab'];
    const sending = session.startCommand(args, { SEALONG_CLUSTERS: clustersFile });
    await until('the upload', async () => (await readFile(begun, 'utf8')) !== '');
    await jobRow(workbench, /orpo on lab.*being sent/).waitFor();
    await sending.kill();
    await cluster.unwrap('rsync');
    await jobRow(
      workbench,
      /orpo on lab.*not sent to its end.*"Resume Job" sends the rest/,
    ).waitFor();
    await workbench.shots('job-not-sent', ['dark', 'light', 'highContrast']);
  });

  step('sends it to its end from the view, as the same job', async ({ workbench }) => {
    const before = await jobs();
    await workbench.rowAction(jobRow(workbench, /not sent to its end/), 'Resume Job');
    const said = await workbench.dialog.innerText();
    assert.match(said, /Send orpo on lab to its end\?/);
    assert.match(
      said,
      /submitted once.*takes on lab: 8 GPUs \(h100\) · up to 00:30:00 · partition h100/s,
    );
    await workbench.shot('job-send-dark');
    await confirm(workbench, 'Send');
    await workbench.said(/was sent to lab as job \d+\./);
    await workbench.clearToasts();
    await jobRow(workbench, /orpo on lab.*running.*step \d+ of 900/).waitFor({ timeout: STATE_MS });
    assert.deepEqual(await jobs(), before);
    assert.equal((await cluster.slurm('squeue', '-h')).trim().split('\n').length, 1);
  });

  step('says what an extension takes before it is submitted, and after', async ({ workbench }) => {
    await workbench.command('Extend Job...');
    await workbench.answer('Extend orpo on lab', 'time=soon');
    await workbench.page
      .locator('.quick-input-widget')
      .filter({ hasText: '"soon" is no time limit: write HH:MM:SS' })
      .waitFor();
    // What was typed is there after a look elsewhere.
    await workbench.page.locator('.editor-group-container').first().click();
    assert.equal(await workbench.quickInput.inputValue(), 'time=soon');
    await workbench.answer('Extend orpo on lab', 'time=01:00:00');
    const said = await workbench.dialog.innerText();
    assert.match(said, /running, step \d+ of 900.*waits for its end and goes on from there/s);
    assert.match(said, /It takes on lab: 8 GPUs \(h100\) · up to 01:00:00 · partition h100/);
    await workbench.shot('job-extend-dark');
    await confirm(workbench, 'Submit');
    await workbench.said(/was sent to lab as job \d+\. It goes on where job .* will have ended/);
    await workbench.clearToasts();
    await jobRow(workbench, /orpo on lab.*pending.*Dependency/).waitFor({ timeout: STATE_MS });
  });

  step('asks which job where several fit, for as long as it takes', async ({ workbench }) => {
    await workbench.command('Cancel Job...');
    await workbench.line(/orpo on lab.*running/).waitFor();
    await workbench.line(/orpo on lab.*pending/).waitFor();
    await workbench.page.locator('.editor-group-container').first().click();
    await workbench.line(/orpo on lab.*running/).waitFor();
    await workbench.shot('job-pick-dark');
    await workbench.page.keyboard.press('Escape');
  });

  step('asks before a job is put back, which then goes on where it was', async ({ workbench }) => {
    const [id = ''] = await jobs();
    await behave({ steps: 900, seconds: 0.005 });
    await workbench.command('Put Job Back into Queue...');
    await workbench.dialog.waitFor();
    const said = await workbench.dialog.innerText();
    assert.match(said, /Put orpo on lab back into the queue\?/);
    assert.match(said, /ends now, and goes on from its last checkpoint when its turn comes on lab/);
    await workbench.shot('job-requeue-dark');
    await confirm(workbench, 'Put Back');
    await workbench.said(`Job ${id} is back in the queue`);
    await jobRow(workbench, /orpo on lab.*requeued/).waitFor();
    await cluster.startNow(await schedulerId(id));
    await workbench.said(/orpo on lab of Ondrey, sampled: done/, STATE_MS);
    await until(
      'both jobs done',
      async () => {
        const done = jobRows(workbench).filter({ hasText: /orpo on lab.*done/ });
        return (await done.count()) === 2;
      },
      STATE_MS,
    );
    const done = await stepsDone(id);
    assert.deepEqual(
      done,
      Array.from(done.keys(), (at) => at + 1),
      'nothing twice, nothing missing',
    );
    await workbench.clearToasts();
  });

  step('tells the way from a job back to every pair', async ({ workbench }) => {
    const [id = ''] = await jobs();
    const item = workbench.page.getByRole('menuitem', { name: 'Show Lineage' });
    const tab = workbench.tabs.filter({ hasText: 'lineage.txt' });
    // A menu takes no click in the moment in which it opens.
    await until('the lineage', async () => {
      if (!(await item.isVisible()))
        await jobRow(workbench, /orpo on lab.*done/).click({ button: 'right' });
      await item.click();
      return tab.waitFor({ timeout: 2000 }).then(
        () => true,
        () => false,
      );
    });
    const text = (line: string) =>
      workbench.page.locator('.view-lines').filter({ hasText: line }).waitFor();
    await text(`goes on from job ${id}`);
    await workbench.shots('job-lineage', ['dark', 'light']);
    await workbench.page.locator('.view-lines').click();
    await workbench.page.keyboard.press('Control+End');
    await text('Question isle-30');
  });

  step('serves an adapter by its folder on the cluster, or by its job', async ({ workbench }) => {
    const [id = ''] = await jobs();
    const begin = async (adapter: string) => {
      await workbench.command('Start Server on Cluster...');
      await workbench.pick(/(^|\s)lab(?=lab-)/);
      await workbench.pick('stand_in');
      await workbench.pick(adapter);
    };
    await begin('Another adapter...');
    await workbench.answer('Folder of the adapter', 'adapters/mine');
    await workbench.page
      .locator('.quick-input-widget')
      .filter({ hasText: 'Write the whole path' })
      .waitFor();
    await workbench.answer('Folder of the adapter', '~/nowhere');
    assert.match(await workbench.said('"~/nowhere" is no adapter'), /here or on lab-login/);
    await workbench.clearToasts();
    await begin('Another adapter...');
    await workbench.answer('Folder of the adapter', `~/sealong/jobs/${id}/adapter`);
    await workbench.pick('Show Job Script');
    await workbench.page
      .locator('.view-lines')
      .filter({ hasText: `sealong/jobs/${id}/adapter` })
      .waitFor();
    await workbench.toast('This script is run on lab').waitFor();
    await workbench.clearToasts();
    await begin(id);
    await workbench.line(/Submit.*1 GPU/).waitFor();
    await workbench.line(new RegExp(`Adapter.*/jobs/${id}/adapter`)).waitFor();
    await workbench.shot('server-adapter-plan-dark');
    await workbench.pick('Submit');
    await workbench.said(new RegExp(`${id} on lab answers at http://127`), STATE_MS);
    await jobRow(workbench, new RegExp(`stand_in on lab.*answers at http.*${id}`)).waitFor();
    await workbench.shots('server-adapter', ['dark', 'light']);
  });

  step('samples with the adapter through the tunnel, and stops the server', async (session) => {
    const { workbench } = session;
    const [id = ''] = await jobs();
    const before = (await trajectoriesOf(dir)).length;
    await workbench.pressToastButton('on lab answers at', 'Use This Server');
    await workbench.said('which this server gives without the adapter');
    await workbench.shot('server-adapter-offer-dark');
    await workbench.pressToastButton('which this server gives', 'Sample with the Adapter');
    const written = () => readFile(join(dir, 'sealong.json'), 'utf8');
    await until('the adapter in sealong.json', async () => (await written()).includes(id));
    await workbench.command('Sample Trajectories');
    const added = async () => (await trajectoriesOf(dir)).slice(before);
    await until('samples', async () => (await added()).length >= 8, STATE_MS);
    assert.ok(
      (await added()).every(({ model, text }) => model === id && text.startsWith('answer')),
    );
    await until('the end of the run', async () => (await workbench.toasts.count()) > 0, STATE_MS);
    await workbench.clearToasts();
    await workbench.rowAction(jobRow(workbench, /stand_in on lab.*answers/), 'Stop Server');
    await workbench.dialog.getByText('Stop stand_in on lab?').waitFor();
    await confirm(workbench, 'Stop Server');
    await jobRow(workbench, /stand_in on lab.*cancelled/).waitFor({ timeout: STATE_MS });
    await workbench.clearToasts();
  });

  step('says once, after a restart of the editor, what ended meanwhile', async (session) => {
    const { workbench } = session;
    await writeFile(join(dir, 'sealong.json'), config);
    await behave({ steps: 30, seconds: 0.1 });
    const clusters = { SEALONG_CLUSTERS: clustersFile };
    const args = ['--cluster', 'lab', '--again'];
    assert.equal(await session.startCommand(['train', dir, ...args], clusters).ended, '0');
    await jobRow(workbench, /orpo on lab.*(submitted|pending|running)/).waitFor();
    await session.editor.crash();
    const following = session.startCommand(['jobs', dir, '--follow'], clusters);
    assert.equal(await following.ended, '0', following.output());
    await workbench.open(folder);
    await workbench.showStudies();
    await workbench.said(/orpo on .* of Ondrey, sampled: done, step 30 of 30/);
    assert.equal(await workbench.toasts.filter({ hasText: 'step 30 of 30' }).count(), 1);
    await workbench.shot('job-ended-meanwhile-dark');
    await workbench.reload();
    await workbench.showStudies();
    await jobRow(workbench, /orpo on .*done/).waitFor();
    await workbench.anyCommand('Notifications: Show Notifications');
    const center = workbench.page.locator('.notifications-center');
    await center.waitFor();
    assert.doesNotMatch(await center.innerText(), /step 30 of 30/, 'it was said before');
    session.assertQuiet();
  });
});
