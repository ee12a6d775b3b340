import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { answerWithAdapter, shortDemoStudy, SMALL_TRAINING } from '../support/realTraining.ts';
import { Lab } from './support/lab.ts';

const run = promisify(execFile);
const ROOT = new URL('../../', import.meta.url).pathname;
const PYTHON = process.env['SEALONG_TRAINER_PYTHON'] ?? '';

interface Summary {
  job: string;
  state: string;
  checks: { what: string; outcome: string; detail: string }[];
  upload_bytes: number;
  step: number;
}

describe('The real trainer and the embedded model on Slurm, by the command', () => {
  let lab: Lab;
  let here: string;
  let study: string;

  before(async () => {
    lab = await Lab.start({ nodes: 1 });
    here = await mkdtemp(join(tmpdir(), 'sealong-test-'));
    study = join(here, 'study');
    await shortDemoStudy(study);
    const clusters = {
      lab: {
        // The trainer's environment is one that only the user of the tests can read.
        host: 'lab-root',
        ssh_config: lab.sshConfig,
        gpus: 0,
        workdir: join(lab.folder, 'work'),
        // The lab's GPUs are fake.
        setup: ['export CUDA_VISIBLE_DEVICES= HF_HUB_OFFLINE=1 OMP_NUM_THREADS=1'],
        python: PYTHON,
      },
    };
    await writeFile(join(here, 'clusters.json'), JSON.stringify(clusters));
  });
  after(async () => {
    await lab.stop();
    await rm(here, { recursive: true, force: true });
  });

  const sealong = async (...args: string[]): Promise<Summary> => {
    const { stdout } = await run(process.execPath, [join(ROOT, 'src/cli/main.ts'), ...args], {
      env: {
        PATH: process.env['PATH'],
        HOME: here,
        SEALONG_CACHE: join(here, 'cache'),
        SEALONG_CLUSTERS: join(here, 'clusters.json'),
        SEALONG_EMBEDDED: process.env['SEALONG_EMBEDDED'],
      },
    });
    return JSON.parse(stdout) as Summary;
  };

  it('trains on the pairs of the study, and the fetched adapter is loaded and answers', async () => {
    const args = [study, '--cluster', 'lab', ...SMALL_TRAINING, '--set', 'training.max_steps=2'];
    const planned = await sealong('train', '--plan', ...args);
    assert.equal(planned.state, 'planned');
    assert.deepEqual(
      planned.checks.filter(({ outcome }) => outcome !== 'ok'),
      [],
    );
    // The model goes along.
    assert.ok(planned.upload_bytes > 90e6);

    const trained = await sealong('train', '--follow', ...args);
    const folder = join(study, 'training', trained.job);
    const log = await readFile(join(folder, 'log.txt'), 'utf8');
    assert.deepEqual([trained.state, trained.step], ['done', 2], log);
    await sealong('fetch', study, trained.job);
    const weights = await readFile(join(folder, 'adapter/adapter_model.safetensors'));
    const there = await readFile(
      join(lab.folder, 'work/jobs', trained.job, 'adapter/adapter_model.safetensors'),
    );
    const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    assert.equal(hashOf(weights), hashOf(there));
    // What it was trained on is what the study exported.
    assert.equal(
      await readFile(join(folder, 'pairs.jsonl'), 'utf8'),
      await readFile(join(study, 'exports/training/pairs.jsonl'), 'utf8'),
    );
    const { answer, change } = await answerWithAdapter(PYTHON, folder);
    assert.ok(answer.trim().length > 0);
    assert.ok(change > 1e-4, `the adapter changes logits by ${change}`);
  });
});
