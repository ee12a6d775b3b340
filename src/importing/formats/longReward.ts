import * as z from 'zod';
import { filledText, sourceId } from '../../synthesis/formats/fields.ts';
import { fieldsOf, readRow } from '../../synthesis/formats/format.ts';
import type { ExampleFormat } from './example.ts';

const asked = { idx: sourceId, context: filledText, query: filledText };
const preferenceSchema = z.object({
  ...asked,
  win_response: filledText,
  lose_response: filledText,
});
const sftSchema = z.object({ ...asked, answer: filledText });

function hasQuery(row: unknown): boolean {
  const { context, query } = fieldsOf(row);
  return typeof context === 'string' && typeof query === 'string';
}

/** The text before the question, as LongReward trains with it. */
function promptOf({ context, query }: { context: string; query: string }) {
  return [{ role: 'user' as const, content: `${context}\n\n${query}` }];
}

/** The two splits of LongReward-10k with a winning and a losing response. */
export const longRewardPreference: ExampleFormat = {
  name: 'longreward_preference',
  label: 'LongReward-Preference',
  fields: 'context, query, win_response, lose_response',
  kind: 'preference',
  supervision: 'GLM-4',
  pick: 'random',
  recognises: (row) => hasQuery(row) && 'win_response' in fieldsOf(row),
  read: (row) =>
    readRow(preferenceSchema, row, ({ win_response, lose_response, ...rest }) => ({
      id: rest.idx,
      prompt: promptOf(rest),
      chosen: { text: win_response },
      rejected: [{ text: lose_response }],
    })),
};

/** The split `sft` of LongReward-10k. */
export const longRewardSft: ExampleFormat = {
  name: 'longreward_sft',
  label: 'LongReward-SFT',
  fields: 'context, query, answer',
  kind: 'sft',
  supervision: 'GLM-4',
  pick: 'random',
  recognises: (row) => hasQuery(row) && 'answer' in fieldsOf(row) && 'idx' in fieldsOf(row),
  read: (row) =>
    readRow(sftSchema, row, ({ answer, ...rest }) => ({
      id: rest.idx,
      prompt: promptOf(rest),
      chosen: { text: answer },
      rejected: [],
    })),
};
