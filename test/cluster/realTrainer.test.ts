import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Lab } from './support/lab.ts';

const run = promisify(execFile);
const ROOT = new URL('../../', import.meta.url).pathname;
const PYTHON = process.env['SEALONG_TRAINER_PYTHON'] ?? '';

interface Summary {
  job: string;
  state: string;
  checks: { what: string; outcome: string }[];
  step: number;
}

describe('The real trainer on Slurm, by the command', () => {
  let lab: Lab;
  let here: string;
  let study: string;

  before(async () => {
    lab = await Lab.start({ nodes: 1 });
    here = await mkdtemp(join(tmpdir(), 'sealong-test-'));
    study = join(here, 'study');
    await cp(join(ROOT, 'demo/studies/ondrey-sampled'), study, { recursive: true });
    const make = `import sys; sys.path[:0] = ["trainer/tests", "trainer"]
from pathlib import Path
from tiny import tiny_base
tiny_base(Path(sys.argv[1]))`;
    await run(PYTHON, ['-c', make, join(lab.folder, 'model')], { cwd: ROOT });
    const clusters = {
      lab: {
        host: 'lab-root',
        ssh_config: lab.sshConfig,
        gpus: 0,
        workdir: join(lab.folder, 'work'),
        // The lab's GPUs are fake.
        setup: ['export CUDA_VISIBLE_DEVICES= HF_HUB_OFFLINE=1'],
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
      },
    });
    return JSON.parse(stdout) as Summary;
  };
  const settings = () =>
    Object.entries({
      model: join(lab.folder, 'model'),
      'lora.r': 4,
      'lora.quantization': 'none',
      sequence_parallel: 1,
      batch_size: 2,
      max_steps: 3,
      dtype: 'float32',
    }).flatMap(([name, value]) => ['--set', `training.${name}=${value}`]);

  it('trains on the pairs of the study, and the adapter is fetched', async () => {
    const planned = await sealong('train', study, '--cluster', 'lab', '--plan', ...settings());
    assert.equal(planned.state, 'planned');
    assert.deepEqual(
      planned.checks.filter(({ outcome }) => outcome !== 'ok'),
      [],
    );
    const trained = await sealong('train', study, '--cluster', 'lab', '--follow', ...settings());
    assert.equal(trained.state, 'done');
    assert.equal(trained.step, 3);
    await sealong('fetch', study, trained.job);
    const adapter = join(study, 'training', trained.job, 'adapter');
    const config = JSON.parse(await readFile(join(adapter, 'adapter_config.json'), 'utf8')) as {
      r: number;
    };
    assert.equal(config.r, 4);
    const load = `import sys; from transformers import AutoModelForCausalLM
from peft import PeftModel
base = AutoModelForCausalLM.from_pretrained(sys.argv[1])
print(sum(p.numel() for n, p in PeftModel.from_pretrained(base, sys.argv[2]).named_parameters() if "lora" in n))`;
    const { stdout } = await run(PYTHON, ['-c', load, join(lab.folder, 'model'), adapter]);
    assert.ok(Number(stdout) > 0);
  });
});
