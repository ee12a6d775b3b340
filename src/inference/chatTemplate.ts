import { SealongError } from '../errors.ts';
import type { ChatMessage } from './languageModel.ts';

const START = '<|im_start|>';
const END = '<|im_end|>';

/** Text of a prompt, or the name of a control token that stands between texts. */
export type TemplatePart = { text: string } | { control: string };

/** A chat template of the ChatML family. */
export interface ChatTemplate {
  /** What the template puts first where a chat has no system message of its own. */
  defaultSystem: string | undefined;
}

/**
 * Reads what varies between ChatML templates out of the Jinja source in a model's file.
 *
 * @throws SealongError `unsupported_chat_template` for another family.
 */
export function readChatTemplate(source: unknown, file: string): ChatTemplate {
  if (typeof source !== 'string' || !source.includes(START) || !source.includes(END)) {
    throw new SealongError(
      'unsupported_chat_template',
      `The model ${file} has no ChatML chat template (${START} ... ${END}), the only one that is known here. ` +
        'Use the model of the set-up, or serve yours with llama.cpp or vLLM and give its address.',
    );
  }
  const [, defaultSystem] = /<\|im_start\|>system\n([^<{]*)<\|im_end\|>/u.exec(source) ?? [];
  return { defaultSystem };
}

/**
 * A chat as parts, up to where the assistant's answer begins. Contents stay texts, so that a control token's name in
 * a document is read as characters and cannot end a message.
 */
export function renderChat(
  template: ChatTemplate,
  messages: readonly ChatMessage[],
): TemplatePart[] {
  const first = messages[0];
  const all: ChatMessage[] =
    template.defaultSystem === undefined || first?.role === 'system'
      ? [...messages]
      : [{ role: 'system', content: template.defaultSystem }, ...messages];
  const parts: TemplatePart[] = all.flatMap(({ role, content }) => [
    { control: START },
    { text: `${role}\n${content}` },
    { control: END },
    { text: '\n' },
  ]);
  return [...parts, { control: START }, { text: 'assistant\n' }];
}
