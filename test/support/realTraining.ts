import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);
const ROOT = new URL('../../', import.meta.url).pathname;

/** Settings of a training of the embedded model that two cores do in seconds: a low rank, one pair a step, the shorter pairs. */
export const SMALL_TRAINING = Object.entries({
  'lora.r': 8,
  'lora.alpha': 8,
  batch_size: 1,
  max_steps: 3,
  max_length: 620,
  learning_rate: 0.001,
}).flatMap(([name, value]) => ['--set', `training.${name}=${value}`]);

/** An answer of a job's base with its adapter, and the largest change of a logit that the adapter makes. */
export async function answerWithAdapter(
  python: string,
  jobFolder: string,
): Promise<{ answer: string; change: number }> {
  const script = join(import.meta.dirname, 'answerWithAdapter.py');
  const { stdout } = await run(python, [script, jobFolder], {
    env: {
      ...process.env,
      PYTHONPATH: join(ROOT, 'trainer'),
      HF_HUB_OFFLINE: '1',
      CUDA_VISIBLE_DEVICES: '',
    },
  });
  return z.object({ answer: z.string(), change: z.number() }).parse(JSON.parse(stdout));
}
