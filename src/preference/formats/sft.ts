import type { ExportFormat } from './exportFormat.ts';

/** Conversational SFT: the chosen trajectory as the assistant's answer (paper, section 3.3, SEALONG-SFT). */
export const sft: ExportFormat = {
  name: 'sft',
  file: 'sft.jsonl',
  description: 'SFT: messages that end with the chosen trajectory',
  usage: () =>
    'TRL (SFTTrainer), axolotl (`type: chat_template`), ms-swift and others: `messages` is a whole conversation. Train on the last message alone.',
  takes: 'answers',
  row: (answer) => ({
    messages: [...answer.prompt, { role: 'assistant', content: answer.chosen_text }],
    question_id: answer.question_id,
  }),
};
