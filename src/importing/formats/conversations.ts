import * as z from 'zod';
import type { ChatMessage } from '../../sampling/strategy.ts';
import { sourceId } from '../../synthesis/formats/fields.ts';
import { fieldsOf, readRow, type LeftOut } from '../../synthesis/formats/format.ts';
import type { ExampleFormat, SourceExample } from './example.ts';
import { messages, splitConversation } from './messages.ts';

const common = {
  id: sourceId,
  conversation_hash: sourceId,
  conversation_id: sourceId,
  model: z.string().nullish(),
};
type Common = z.infer<z.ZodObject<typeof common>>;
const messagesSchema = z.object({ ...common, messages });
const conversationSchema = z.object({ ...common, conversation: messages });
const conversationsSchema = z.object({ ...common, conversations: messages });

/** A conversation is an example of its last answer; the turns before are its prompt. */
function read(row: unknown): SourceExample | LeftOut {
  const fields = fieldsOf(row);
  if ('conversation' in fields)
    return readRow(conversationSchema, row, ({ conversation, ...rest }) =>
      toExample(rest, conversation, 'conversation'),
    );
  if ('conversations' in fields)
    return readRow(conversationsSchema, row, ({ conversations, ...rest }) =>
      toExample(rest, conversations, 'conversations'),
    );
  return readRow(messagesSchema, row, ({ messages: turns, ...rest }) =>
    toExample(rest, turns, 'messages'),
  );
}

function toExample(
  { id, conversation_hash, conversation_id, model }: Common,
  conversation: readonly ChatMessage[],
  field: string,
): SourceExample | LeftOut {
  const split = splitConversation(conversation, field);
  if ('leftOut' in split) return split;
  return {
    id: id ?? conversation_hash ?? conversation_id,
    prompt: split.prompt,
    chosen: { text: split.answer, ...(model ? { model } : {}) },
    rejected: [],
  };
}

/** Of WildChat's releases. */
const ID_FIELDS = ['conversation_hash', 'conversation_id'];
/** Where TULU-V2-mix has its conversations from, besides many of science. */
const TULU_SOURCES = new Set([
  'flan_v2',
  'cot',
  'oasst1',
  'lima',
  'gpt4_alpaca',
  'code_alpaca',
  'sharegpt',
  'wizardlm',
  'open_orca',
  'hard_coded',
]);

function isTuluSource(name: unknown): boolean {
  return typeof name === 'string' && (TULU_SOURCES.has(name) || name.startsWith('science'));
}

const hasMessages = (row: unknown) => Array.isArray(fieldsOf(row)['messages']);

export const wildChat: ExampleFormat = {
  name: 'wildchat',
  label: 'WildChat',
  fields: 'conversation [{role, content}], conversation_hash, model',
  kind: 'sft',
  supervision: 'GPT-3.5-Turbo, GPT-4',
  pick: 'longest',
  recognises: (row) => {
    const fields = fieldsOf(row);
    return Array.isArray(fields['conversation']) && ID_FIELDS.some((name) => name in fields);
  },
  read,
};

export const longAlign: ExampleFormat = {
  name: 'longalign',
  label: 'LongAlign',
  fields: 'messages [{role, content}], id, length',
  kind: 'sft',
  supervision: 'Claude',
  pick: 'random',
  recognises: (row) => hasMessages(row) && typeof fieldsOf(row)['length'] === 'number',
  read,
};

export const tulu: ExampleFormat = {
  name: 'tulu',
  label: 'TULU-V2-mix',
  fields: 'messages [{role, content}], id, dataset',
  kind: 'sft',
  supervision: 'human, GPT-3.5-Turbo, GPT-4',
  pick: 'longest',
  recognises: (row) => hasMessages(row) && isTuluSource(fieldsOf(row)['dataset']),
  read,
};

/** Anybody's SFT data. */
export const conversation: ExampleFormat = {
  name: 'messages',
  label: 'SFT: messages',
  fields: 'messages [{role, content}], or conversation, or conversations [{from, value}], id?',
  kind: 'sft',
  supervision: undefined,
  pick: 'random',
  recognises: (row) => {
    const { conversation: one, conversations } = fieldsOf(row);
    return hasMessages(row) || Array.isArray(one) || Array.isArray(conversations);
  },
  read,
};
