import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import { systemClock } from '../../../src/clock.ts';
import { exportPairs } from '../../../src/preference/export.ts';
import { EXPORT_FORMATS } from '../../../src/preference/formats/formats.ts';
import { runStage } from '../../../src/stage.ts';
import { parseSetting } from '../../../src/study/loadConfig.ts';
import { openStudy } from '../../../src/study/study.ts';
import { withFolder } from '../../support/temporary.ts';

const python = process.env['SEALONG_EXPORTS_PYTHON'];
const demo = fileURLToPath(new URL('../../../demo/studies/ondrey-sampled', import.meta.url));
const script = fileURLToPath(new URL('loadExports.py', import.meta.url));

const message = z.strictObject({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string(),
});
const conversation = z.array(message).min(2);
const id = { question_id: z.string() };
const trlRow = z.strictObject({
  ...{ prompt: z.array(message).min(1), chosen: z.tuple([message]), rejected: z.tuple([message]) },
  ...{ chosen_score: z.number(), rejected_score: z.number(), ...id },
});
/** The rows that each engine documents. */
const documented: Record<string, z.ZodType> = {
  trl: trlRow,
  parquet: trlRow,
  sft: z.strictObject({ messages: conversation, ...id }),
  llamafactory: z.strictObject({
    ...{ messages: z.array(message).min(1), chosen: message, rejected: message, ...id },
  }),
  axolotl: z.strictObject({
    ...{ chosen: conversation, rejected: conversation, ...id },
  }),
  swift: z.strictObject({ messages: conversation, rejected_response: z.string(), ...id }),
  openrlhf: z.strictObject({ chosen: conversation, rejected: conversation, ...id }),
};

const seenSchema = z.record(
  z.string(),
  z.object({
    rows: z.record(z.string(), z.number()),
    questions: z.record(z.string(), z.array(z.string())),
    first: z.unknown(),
    texts: z.optional(z.record(z.string(), z.string())),
  }),
);

test(
  'every export loads in the real datasets library, and TRL takes its rows for conversations',
  { skip: python === undefined && 'SEALONG_EXPORTS_PYTHON names no Python with datasets and trl' },
  () =>
    withFolder(async (folder) => {
      const dir = join(folder, 'study');
      await cp(demo, dir, { recursive: true });
      const study = await openStudy(dir, [parseSetting('pairs.per_question=2')]);
      await rename(study.paths.exports, join(folder, 'earlier'));
      const rows = new Map<string, number[]>();
      for (const { name } of EXPORT_FORMATS) {
        const summary = await runStage(
          exportPairs(
            study,
            { clock: systemClock },
            { format: name, validation: 0.2, signal: new AbortController().signal },
          ),
        );
        rows.set(name, [summary.rows - summary.validation_rows, summary.validation_rows]);
      }
      const { stdout } = await promisify(execFile)(python ?? '', [script, study.paths.exports], {
        env: { ...process.env, HF_HUB_OFFLINE: '1', HF_HOME: join(folder, 'hub') },
        maxBuffer: 64 * 1024 * 1024,
      });
      const seen = seenSchema.parse(JSON.parse(stdout));
      assert.deepEqual(Object.keys(seen).sort(), EXPORT_FORMATS.map(({ name }) => name).sort());
      for (const [name, export_] of Object.entries(seen)) {
        assert.deepEqual([export_.rows['train'], export_.rows['validation']], rows.get(name), name);
        documented[name]?.parse(export_.first);
        const train = new Set(export_.questions['train']);
        const apart = export_.questions['validation'] ?? [];
        assert.equal(new Set(apart).size, 6, `${name}: a fifth of 30 questions`);
        assert.ok(
          !apart.some((question) => train.has(question)),
          `${name}: no question on both sides`,
        );
      }
      assert.deepEqual(seen['trl']?.first, seen['parquet']?.first);
      const { prompt = '', chosen = '' } = seen['trl']?.texts ?? {};
      assert.match(prompt, /^<\|im_start\|>user\nPassage 1:[^]*<\|im_start\|>assistant\n$/);
      assert.match(chosen, /<\|im_end\|>\n$/);
      assert.ok(
        (seen['sft']?.texts?.['text'] ?? '').startsWith(prompt),
        'SFT begins with the same prompt',
      );
    }),
);
