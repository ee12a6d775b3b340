import * as z from 'zod';
import type { ChatMessage } from '../../sampling/strategy.ts';
import { filledText, sourceText } from '../../synthesis/formats/fields.ts';
import { fieldsOf, type LeftOut } from '../../synthesis/formats/format.ts';

const ROLES: Readonly<Record<string, ChatMessage['role']>> = {
  system: 'system',
  user: 'user',
  human: 'user',
  assistant: 'assistant',
  gpt: 'assistant',
};

const role = z
  .string()
  .refine((name) => Object.hasOwn(ROLES, name), 'is none of system, user, assistant')
  .transform((name) => ROLES[name] ?? 'user');

/** Messages as `{role, content}`, or as `{from, value}` (ShareGPT). */
export const messages = z
  .array(
    z.preprocess(
      (message) => {
        const { from, value } = fieldsOf(message);
        return from === undefined ? message : { role: from, content: value };
      },
      z.object({ role, content: sourceText }),
    ),
  )
  .min(1, 'has no message');

/** A prompt: one message of the user as text, or messages. */
export const promptMessages = z.union(
  [filledText.transform((content): ChatMessage[] => [{ role: 'user', content }]), messages],
  'must be filled text, or messages with role and content',
);

/**
 * A conversation as the prompt and the answer that it ends with; what a user said after the last answer is left away.
 */
export function splitConversation(
  conversation: readonly ChatMessage[],
  field: string,
): { prompt: ChatMessage[]; answer: string } | LeftOut {
  const last = conversation.findLastIndex(({ role: of }) => of === 'assistant');
  const answer = conversation[last]?.content ?? '';
  const prompt = conversation.slice(0, Math.max(0, last));
  if (answer.trim() === '')
    return { leftOut: 'no_answer', message: `${field}: there is no answer of the assistant.` };
  const asked = prompt.at(-1);
  if (asked?.role !== 'user' || asked.content.trim() === '')
    return { leftOut: 'bad_row', message: `${field}: the answer follows no message of a user.` };
  return { prompt, answer };
}
