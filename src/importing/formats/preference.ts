import * as z from 'zod';
import { filledText, sourceId } from '../../synthesis/formats/fields.ts';
import { fieldsOf, readRow, type LeftOut } from '../../synthesis/formats/format.ts';
import type { ExampleFormat, SourceAnswer, SourceExample } from './example.ts';
import { messages, promptMessages, splitConversation } from './messages.ts';

const side = z.union(
  [filledText, messages],
  'must be filled text, or messages with role and content',
);
const score = z.number().nullish();

const rowSchema = z.object({
  id: sourceId,
  prompt_id: sourceId,
  prompt: promptMessages.nullish(),
  chosen: side,
  rejected: side,
  score_chosen: score,
  score_rejected: score,
  chosen_score: score,
  rejected_score: score,
  'chosen-rating': score,
  'rejected-rating': score,
  chosen_rating: score,
  rejected_rating: score,
});
type Row = z.infer<typeof rowSchema>;

/** Anybody's preference data: `prompt`, `chosen` and `rejected`, each as text or as messages, as TRL reads them. */
export const preference: ExampleFormat = {
  name: 'preference',
  label: 'Preference: prompt, chosen, rejected',
  fields:
    'prompt? (text or messages), chosen, rejected (text or messages), score_chosen?, score_rejected?',
  kind: 'preference',
  supervision: undefined,
  pick: 'random',
  recognises: hasSides,
  read: readPreference,
};

export function hasSides(row: unknown): boolean {
  const { chosen, rejected } = fieldsOf(row);
  const isSide = (value: unknown) => typeof value === 'string' || Array.isArray(value);
  return isSide(chosen) && isSide(rejected);
}

export function readPreference(row: unknown): SourceExample | LeftOut {
  return readRow(rowSchema, row, toExample);
}

function toExample(row: Row): SourceExample | LeftOut {
  const chosen = answerOf(row, 'chosen');
  if ('leftOut' in chosen) return chosen;
  const rejected = answerOf(row, 'rejected');
  if ('leftOut' in rejected) return rejected;
  if (JSON.stringify(chosen.prompt) !== JSON.stringify(rejected.prompt))
    return { leftOut: 'bad_row', message: 'chosen, rejected: they answer different messages.' };
  return {
    id: row.id ?? row.prompt_id,
    prompt: chosen.prompt,
    chosen: chosen.answer,
    rejected: [rejected.answer],
  };
}

function answerOf(row: Row, name: 'chosen' | 'rejected') {
  const value = row[name];
  const scored =
    row[`score_${name}`] ?? row[`${name}_score`] ?? row[`${name}-rating`] ?? row[`${name}_rating`];
  const answer = (text: string): SourceAnswer => ({
    text,
    ...(scored === null || scored === undefined ? {} : { score: scored }),
  });
  const own = row.prompt ?? [];
  // Messages may go on from the prompt, or hold it.
  const isWhole = typeof value !== 'string' && value.some(({ role }) => role === 'user');
  const conversation =
    typeof value === 'string'
      ? [...own, { role: 'assistant' as const, content: value }]
      : isWhole
        ? value
        : [...own, ...value];
  const split = splitConversation(conversation, name);
  return 'leftOut' in split ? split : { prompt: split.prompt, answer: answer(split.answer) };
}
