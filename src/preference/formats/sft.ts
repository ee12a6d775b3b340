import type { ExportFormat } from './exportFormat.ts';

/** Conversational SFT: the chosen trajectory as the assistant's answer (paper, section 3.3, SEALONG-SFT). */
export const sft: ExportFormat = {
  name: 'sft',
  file: 'sft.jsonl',
  description: 'SFT: messages that end with the chosen trajectory',
  row: (pair) => ({
    messages: [
      { role: 'user', content: pair.prompt },
      { role: 'assistant', content: pair.chosen_text },
    ],
    question_id: pair.question_id,
  }),
};
