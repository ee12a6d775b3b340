import { codePoints } from '../records/codePoints.ts';
import { SCHEMA_VERSION, type QuestionRecord } from '../records/schemas.ts';
import type { ChatMessage } from '../sampling/strategy.ts';

/** A question longer than this is text with a question in it: its last line is shown in its place. */
const LONGEST_QUESTION = 600;

/**
 * The messages of a prompt as one context, with what says where each stands. A prompt of several has a line with the role
 * before each; one message alone is the context as it is.
 */
export function contextOf(prompt: readonly ChatMessage[]): {
  context: string;
  turns: NonNullable<QuestionRecord['turns']>;
} {
  const turns: NonNullable<QuestionRecord['turns']> = [];
  let context = '';
  let start = 0;
  for (const { role, content } of prompt) {
    const before = prompt.length === 1 ? '' : `${context === '' ? '' : '\n\n'}[${role}]\n`;
    start += before.length;
    const end = start + codePoints(content);
    turns.push({ role, start, end });
    context += before + content;
    start = end;
  }
  return { context, turns };
}

/** The record of an imported question; it has no documents of its own. */
export function importedQuestion(
  id: string,
  prompt: readonly ChatMessage[],
  tokens: number,
  synthesis: string,
): QuestionRecord {
  const { context, turns } = contextOf(prompt);
  return {
    v: SCHEMA_VERSION,
    id,
    question: questionOf(prompt),
    context,
    context_tokens: tokens,
    documents: [],
    turns,
    synthesis,
  };
}

/** What is asked, short enough to be shown. */
function questionOf(prompt: readonly ChatMessage[]): string {
  const asked = (prompt.at(-1)?.content ?? '').trim();
  if (asked.length <= LONGEST_QUESTION) return asked;
  const last = asked.slice(asked.lastIndexOf('\n') + 1).trim();
  if (last.length <= LONGEST_QUESTION) return last;
  return `${Array.from(asked.slice(0, LONGEST_QUESTION)).slice(0, -1).join('').trimEnd()}…`;
}
