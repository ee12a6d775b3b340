import * as z from 'zod';
import { filledText, sourceId, sourceText } from '../../synthesis/formats/fields.ts';
import { fieldsOf, readRow, type LeftOut } from '../../synthesis/formats/format.ts';
import type { ExampleFormat, SourceExample } from './example.ts';

const rowSchema = z.object({
  id: sourceId,
  instruction: filledText,
  input: sourceText.nullish(),
  output: filledText,
});

function hasInstruction(row: unknown): boolean {
  const { instruction, output } = fieldsOf(row);
  return typeof instruction === 'string' && typeof output === 'string';
}

function read(row: unknown): SourceExample | LeftOut {
  return readRow(rowSchema, row, ({ id, instruction, input, output }) => ({
    id,
    prompt: [{ role: 'user', content: [instruction, input].filter(Boolean).join('\n\n') }],
    chosen: { text: output },
    rejected: [],
  }));
}

/** LongAlpaca, which names the file that an instruction is about. */
export const longAlpaca: ExampleFormat = {
  name: 'longalpaca',
  label: 'LongAlpaca',
  fields: 'instruction, input?, output, file',
  kind: 'sft',
  supervision: 'human, Claude',
  pick: 'random',
  recognises: (row) => hasInstruction(row) && 'file' in fieldsOf(row),
  read,
};

/** Anybody's SFT data in the way of Alpaca. */
export const instruction: ExampleFormat = {
  name: 'instruction',
  label: 'SFT: instruction, output',
  fields: 'instruction, input?, output, id?',
  kind: 'sft',
  supervision: undefined,
  pick: 'random',
  recognises: hasInstruction,
  read,
};
