import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);
const ROOT = new URL('../../', import.meta.url).pathname;

const question = z.looseObject({
  context: z.string(),
  documents: z.array(z.looseObject({ end: z.number() })),
});

/** The demo study, sampled and scored, with the first passage of each context alone: two cores train on it in seconds. */
export async function shortDemoStudy(folder: string): Promise<void> {
  await cp(join(ROOT, 'demo/studies/ondrey-sampled'), folder, { recursive: true });
  const file = join(folder, 'questions.jsonl');
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  const short = lines.map((line) => {
    const whole = question.parse(JSON.parse(line));
    const documents = whole.documents.slice(0, 1);
    const context = Array.from(whole.context).slice(0, documents[0]?.end).join('');
    return JSON.stringify({ ...whole, context, documents, context_tokens: 90 });
  });
  await writeFile(file, `${short.join('\n')}\n`);
}

/** Settings of a training of the embedded model that is soon over: a low rank, one pair a step, the shorter pairs. */
export const SMALL_TRAINING = Object.entries({
  'lora.r': 8,
  'lora.alpha': 8,
  batch_size: 1,
  max_steps: 3,
  max_length: 200,
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
      OMP_NUM_THREADS: '1',
    },
  });
  return z.object({ answer: z.string(), change: z.number() }).parse(JSON.parse(stdout));
}
