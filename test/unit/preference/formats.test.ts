import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { exportReadme } from '../../../src/preference/exportReadme.ts';
import type { ExportPair } from '../../../src/preference/formats/exportFormat.ts';
import { EXPORT_FORMATS, exportFormat } from '../../../src/preference/formats/formats.ts';

const prompt = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hello' },
  { role: 'assistant', content: 'Hi' },
  { role: 'user', content: 'Who built it?' },
] as const;
const pair: ExportPair = {
  ...{ question_id: 'q', chosen: 0, rejected: 1, chosen_score: 0.9, rejected_score: 0.1 },
  ...{ margin: 0.8, chosen_by: 'policy', rejected_by: 'policy' },
  ...{ prompt, chosen_text: 'Wye', rejected_text: 'Morven' },
};
const rowOf = (name: string): unknown => exportFormat(name).row(pair);
const wye = { role: 'assistant', content: 'Wye' };
const morven = { role: 'assistant', content: 'Morven' };

test('each engine gets a conversation of several turns in its own words', () => {
  assert.deepEqual(rowOf('swift'), {
    messages: [...prompt, wye],
    rejected_response: 'Morven',
    question_id: 'q',
  });
  assert.deepEqual(rowOf('llamafactory'), {
    messages: prompt,
    chosen: wye,
    rejected: morven,
    question_id: 'q',
  });
  assert.deepEqual(rowOf('openrlhf'), {
    chosen: [...prompt, wye],
    rejected: [...prompt, morven],
    question_id: 'q',
  });
  assert.deepEqual(rowOf('axolotl'), {
    system: 'Be brief.',
    chosen: [...prompt.slice(1), wye],
    rejected: [...prompt.slice(1), morven],
    question_id: 'q',
  });
});

test('LLaMA-Factory is told of both files, as preference data with the roles of chat', () => {
  const files = { train: 'pairs.jsonl', validation: 'pairs.validation.jsonl' };
  const { companions } = exportFormat('llamafactory');
  const text = companions?.(files)['dataset_info.json'] ?? '';
  const entry = z.object({
    file_name: z.string(),
    formatting: z.literal('sharegpt'),
    ranking: z.literal(true),
    columns: z.object({ messages: z.literal('messages') }),
    tags: z.object({ role_tag: z.literal('role'), assistant_tag: z.literal('assistant') }),
  });
  const info = z.object({ pairs: entry, pairs_validation: entry }).parse(JSON.parse(text));
  assert.equal(info.pairs_validation.file_name, 'pairs.validation.jsonl');
});

test('the card of an export names its data files and how they are trained on', () => {
  for (const format of EXPORT_FORMATS) {
    const card = exportReadme('A "quoted" study', format, {
      train: format.file,
      validation: undefined,
    });
    assert.match(card, new RegExp(`^---\nconfigs:[^]*path: ${format.file}\n---\n`));
    assert.ok(card.includes(format.usage({ train: format.file, validation: undefined })));
    assert.ok(!card.includes('validation'), format.name);
  }
});
