import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'node:test';
import { fakePython } from '../cluster/support/fakePython.ts';
import { Lab } from '../cluster/support/lab.ts';
import { answerWithAdapter, shortDemoStudy } from '../support/realTraining.ts';
import { jobRow, STATE_MS } from './support/jobsView.ts';
import { stepsOf } from './support/steps.ts';
import { until } from './support/until.ts';

const lab = process.env['SEALONG_LAB'] ?? 'npm test e2e says whether there is a test cluster';
const skip = lab === 'yes' ? false : lab;
const PYTHON = process.env['SEALONG_TRAINER_PYTHON'];
/** Two cores train and other tests run beside. */
const TRAINED_MS = 300_000;
const withTrainer = {
  skip: PYTHON === undefined ? "the trainer's environment is not there" : false,
} as const;
const THEMES = ['dark', 'light', 'highContrast'] as const;

interface JobRecord {
  id: string;
  state: string;
  place: { scheduler_id?: string };
  sweep?: { name: string; member: string; index: number };
}

describe('Sweeps and the real trainer on a cluster, from the editor', { skip }, () => {
  let dir: string;
  let cluster: Lab;
  let fake: Awaited<ReturnType<typeof fakePython>>;
  const step = stepsOf({ name: 'cluster-sweep' }, async (session) => {
    cluster = await Lab.start();
    session.cleanUp(() => cluster.stop());
    fake = await fakePython(cluster.folder, { steps: 400, seconds: 0.5 });
    const folder = await session.workspace('lab');
    dir = join(folder, 'ondrey');
    await shortDemoStudy(dir);
    const profile = {
      host: 'lab-login',
      ssh_config: cluster.sshConfig,
      gpus: 1,
      time: '00:30:00',
      python: fake.python,
    };
    await session.editor.configure({
      'sealong.clusters': {
        lab: { ...profile, partition: 'h100', gpu_type: 'h100' },
        plain: { ...profile, scheduler: 'none', gpus: 0, workdir: '~/plain' },
        real: {
          ...profile,
          // The trainer's environment is one that only the user of the tests can read; the lab's GPUs are fake.
          ...{ host: 'lab-root', gpus: 0, workdir: join(cluster.folder, 'work') },
          setup: ['export CUDA_VISIBLE_DEVICES= HF_HUB_OFFLINE=1 OMP_NUM_THREADS=1'],
          python: PYTHON,
        },
      },
    });
    await session.workbench.open(folder);
    await session.workbench.showStudies();
    await session.workbench.row('Ondrey').waitFor();
  });

  const records = async (): Promise<JobRecord[]> => {
    const ids = await readdir(join(dir, 'training')).catch(() => []);
    const texts = ids.sort().map((id) => readFile(join(dir, 'training', id, 'job.json'), 'utf8'));
    return (await Promise.all(texts)).map((text) => JSON.parse(text) as JobRecord);
  };
  /** Array jobs that Slurm knows of, by their number. */
  const arrays = async () => {
    const queue = await cluster.slurm('squeue', '-h', '-r', '-t', 'all', '-o', '%F %j');
    return new Set(queue.split('\n').filter((line) => line.includes('sweep')));
  };

  step(
    "offers the paper's sweeps, made for the study as files to change",
    async ({ workbench }) => {
      await workbench.command('Train Sweep on Cluster...');
      await workbench.pick(/(^|\s)lab(?=lab-)/);
      await workbench.line(/Samples a question \(Fig\. 4\).*3 jobs: n 2, 4, 8/).waitFor();
      await workbench.line(/ORPO against SFT \(Table 2\).*2 jobs: method orpo, sft/).waitFor();
      await workbench.shots('sweep-pick', ['dark']);
      await workbench.pick(/Number of examples \(Fig\. 3\).*3 jobs: examples/);
      await workbench.line(/Submit.*3 jobs · at most 1\.5 GPU-hours.*1 GPU/).waitFor();
      const { axes } = JSON.parse(await readFile(join(dir, 'sweeps/fig3.json'), 'utf8')) as {
        axes: { examples: number[] };
      };
      assert.equal(axes.examples.length, 3);
    },
  );

  step(
    'shows jobs, GPU-hours, files and the array script, and sends nothing until it is told to',
    async ({ workbench }) => {
      await workbench.line(/3 jobs as one Slurm array.*At most 1\.5 GPU-hours/).waitFor();
      await workbench.line(/examples-\d+.*to be sent/).waitFor();
      await workbench.line(/pairs and manifests, 6 files.*KB/).waitFor();
      await workbench.shot('sweep-plan-dark');
      // The list holds more lines than it shows at once.
      await workbench.quickInput.fill('partition');
      await workbench.line(/partition: ok/).waitFor();
      await workbench.quickInput.fill('');
      await workbench.pick('Show Job Script');
      const script = workbench.page.locator('.view-lines').filter({ hasText: '--array=0-2' });
      await script.waitFor();
      await workbench.shot('sweep-script-dark');
      await workbench.pressToastButton('This script is run on lab', 'Back to the Plan');
      await workbench.pick('Change the Sweep...');
      await workbench.toast('Change fig3.json as you like').waitFor();
      const axes = { examples: [5, 10], method: ['orpo', 'sft'] };
      await writeFile(join(dir, 'sweeps/fig3.json'), JSON.stringify({ axes }));
      await workbench.pressToastButton('Change fig3.json', 'Back to the Plan');
      await workbench.line(/4 jobs as one Slurm array.*At most 2 GPU-hours/).waitFor();
      await workbench.shot('sweep-plan-changed-dark');
      assert.deepEqual([...(await arrays())], []);
      assert.deepEqual(await records(), []);
    },
  );

  step(
    'finds the array again that was submitted while the window was reloaded',
    async ({ workbench }) => {
      const begun = join(cluster.folder, 'submitting');
      await cluster.openFile(begun);
      await cluster.wrap('sbatch', `echo begun >>'${begun}'; sleep 5; exec "$real" "$@"`);
      await workbench.pick('Submit');
      await until('the submission', async () => (await readFile(begun, 'utf8')) !== '');
      await workbench.reload();
      await workbench.showStudies();
      await jobRow(workbench, /fig3 on lab.*0 of 4 done, 4 not sent to its end/).waitFor();
      await workbench.shot('sweep-cut-off-dark');
      await cluster.unwrap('sbatch');
      await workbench.command('Train Sweep on Cluster...');
      await workbench.pick(/(^|\s)lab(?=lab-)/);
      await workbench.pick(/fig3\.json.*4 jobs: examples 5, 10; method orpo, sft/);
      await workbench.pick('Submit');
      await workbench.said('4 jobs of sweep fig3 were sent to lab');
      const found = [...(await arrays())];
      assert.equal(found.length, 1, found.join());
      const [number] = (found[0] ?? '').split(' ');
      const sent = await records();
      assert.deepEqual(
        sent.map(({ place, sweep }) => [place.scheduler_id, sweep?.name]),
        sent.map(({ sweep }) => [`${number}_${sweep?.index}`, 'fig3']),
      );
      assert.equal(sent.length, 4);
    },
  );

  step(
    'sends the embedded model and the pairs of the study to the real trainer',
    async ({ workbench }) => {
      // It trains while the sweep goes on.
      await workbench.command('Train on Cluster...');
      await workbench.pick(/(^|\s)real(?=lab-)/);
      await workbench.pick('Other values for this job...');
      await workbench.answer(
        'Values for this job',
        'lora.r=8 lora.alpha=8 batch_size=1 max_steps=2 max_length=200 learning_rate=0.001',
      );
      await workbench.pick('The pairs as they are now');
      await workbench.line(/trainer environment: ok/).waitFor();
      await workbench.line(/model\.gguf.*MB/).waitFor();
      await workbench.shot('real-trainer-plan-dark');
      await workbench.pick('Submit');
      await workbench.said(/was sent to real as job \d+/, TRAINED_MS);
    },
    withTrainer,
  );

  step(
    'follows the members under their sweep, and draws all of them over one another',
    async ({ workbench }) => {
      const row = jobRow(workbench, /fig3 on lab.*running/);
      await row.waitFor({ timeout: STATE_MS });
      await jobRow(workbench, /10 examples, sft.*running.*step \d+ of 400/).waitFor({
        timeout: STATE_MS,
      });
      await workbench.clearToasts();
      await workbench.rowAction(row, 'Training Charts');
      const panel = await workbench.webview('[data-chart="loss"]');
      await until(
        'four lines, each with a piece beside its name',
        async () => (await panel.locator('[data-chart="loss"] path.line').count()) === 8,
      );
      for (const name of ['5 orpo', '5 sft', '10 orpo', '10 sft'])
        await panel.locator('[data-chart="loss"] text').getByText(name, { exact: true }).waitFor();
      assert.equal(await panel.locator('[data-sweep] tbody tr').count(), 4);
      await workbench.shots('sweep-running', THEMES, { still: false });
    },
  );

  step('cancels one member and leaves the others', async ({ workbench }) => {
    await workbench.rowAction(jobRow(workbench, '5 examples, sft'), 'Cancel Job');
    await workbench.dialog.getByText('Cancel examples-5_method-sft of fig3 on lab?').waitFor();
    await workbench.dialog.getByRole('button', { name: 'Cancel Job', exact: true }).click();
    await jobRow(workbench, /5 examples, sft.*cancelled/).waitFor({ timeout: STATE_MS });
    await fake.hurry();
    await workbench.said(/Sweep fig3 on lab of Ondrey.*3 of 4 done, 1 cancelled/, STATE_MS);
    assert.equal(
      await workbench.toasts.filter({ hasText: /: done, step/ }).count(),
      0,
      'the end of the sweep is told once',
    );
  });

  step(
    'fetches all adapters, and sets the final figures beside each other',
    async ({ workbench }) => {
      await workbench.pressToastButton('Sweep fig3 on lab', 'Fetch Adapters');
      await workbench.said(/3 adapters of fig3 on lab are here, 6 files/);
      for (const { id, state } of (await records()).filter(({ sweep }) => sweep)) {
        const files = await readdir(join(dir, 'training', id, 'adapter')).catch(() => []);
        assert.equal(files.length, state === 'done' ? 2 : 0);
      }
      await workbench.clearToasts();
      const panel = await workbench.webview('[data-sweep]');
      const figures = panel.locator('[data-sweep="fig3-lab-figures"]');
      await figures.locator('.note').getByText('3 of 4 done, 1 cancelled').waitFor();
      await figures.locator('[data-chart="fig3-lab-loss"] svg.chart').scrollIntoViewIfNeeded();
      await workbench.shots('sweep-figures', THEMES);
    },
  );

  step(
    'says what a host without scheduler does with a sweep, and cancels the whole of it',
    async ({ workbench }) => {
      await fake.behave({ steps: 400, seconds: 0.5 });
      await workbench.command('Train Sweep on Cluster...');
      await workbench.pick(/(^|\s)plain(?=lab-)/);
      await workbench.pick('Samples a question (Fig. 4)');
      await workbench
        .line(/3 jobs, one behind another.*No scheduler, and so no limit to GPU-hours/)
        .waitFor();
      await workbench.shot('sweep-plain-dark');
      await workbench.pick('Submit');
      await workbench.said('3 jobs of sweep fig4 were sent to plain');
      await jobRow(workbench, /fig4 on plain.*running/).waitFor({ timeout: STATE_MS });
      await workbench.clearToasts();
      await workbench.command('Cancel Sweep...');
      await workbench.dialog.getByText('Cancel fig4 on plain?').waitFor();
      await workbench.shot('sweep-cancel-dark');
      await workbench.dialog.getByRole('button', { name: 'Cancel 3 Jobs', exact: true }).click();
      await jobRow(workbench, /fig4 on plain.*0 of 3 done/).waitFor();
      await until(
        'the end of all three',
        async () => {
          const of = (await records()).filter(({ sweep }) => sweep?.name === 'fig4');
          return of.every(({ state }) => state === 'cancelled' || state === 'stopped');
        },
        STATE_MS,
      );
      await workbench.clearToasts();
      await workbench.shots('sweep-view', THEMES);
    },
  );

  step(
    'fetches what the real trainer made of the pairs of the study, and the adapter answers',
    async ({ workbench }) => {
      const row = jobRow(workbench, /orpo on real.*done.*step 2 of 2/);
      await row.waitFor({ timeout: TRAINED_MS });
      await workbench.clearToasts();
      await workbench.rowAction(row, 'Fetch Adapter');
      await workbench.said(/The adapter of job .* is here, \d+ files/);
      const [job] = (await records()).filter(({ sweep }) => sweep === undefined);
      const folder = join(dir, 'training', job?.id ?? '');
      assert.equal(
        await readFile(join(folder, 'pairs.jsonl'), 'utf8'),
        await readFile(join(dir, 'exports/training/pairs.jsonl'), 'utf8'),
        'it was trained on what the study exported',
      );
      const { answer, change } = await answerWithAdapter(PYTHON ?? '', folder);
      assert.ok(answer.trim().length > 0);
      assert.ok(change > 1e-4, `the adapter changes logits by ${change}`);
      await workbench.clearToasts();
      await workbench.shot('real-trainer-done-dark');
    },
    withTrainer,
  );

  step('did all that without an error that nobody saw', (session) => {
    session.assertQuiet();
    return Promise.resolve();
  });
});
