import * as z from 'zod';
import { filledText, sourceId, sourceText } from '../../synthesis/formats/fields.ts';
import { fieldsOf, readRow } from '../../synthesis/formats/format.ts';
import type { ExampleFormat } from './example.ts';

const rowSchema = z.object({
  id: sourceId,
  instruction: filledText,
  input: sourceText.nullish(),
  output: filledText,
});

/** LongAlpaca, and whatever else is written as Alpaca was. */
export const longAlpaca: ExampleFormat = {
  name: 'longalpaca',
  label: 'LongAlpaca',
  fields: 'instruction, input?, output',
  kind: 'sft',
  supervision: 'human, Claude',
  pick: 'random',
  recognises: (row) => {
    const { instruction, output } = fieldsOf(row);
    return typeof instruction === 'string' && typeof output === 'string';
  },
  read: (row) =>
    readRow(rowSchema, row, ({ id, instruction, input, output }) => ({
      id,
      prompt: [{ role: 'user', content: [instruction, input].filter(Boolean).join('\n\n') }],
      chosen: { text: output },
      rejected: [],
    })),
};
