import type { ExportFormat } from './exportFormat.ts';

/** ms-swift's standard preference data: a conversation with the chosen answer, and the rejected text beside it. */
export const swift: ExportFormat = {
  name: 'swift',
  file: 'pairs.jsonl',
  description: 'ms-swift preference: messages that end with the chosen answer, rejected_response',
  usage: ({ train, validation }) =>
    `ms-swift: \`swift rlhf --rlhf_type orpo --dataset ${train}${validation ? ` --val_dataset ${validation}` : ''}\`.`,
  takes: 'pairs',
  row: (pair) => ({
    messages: [...pair.prompt, { role: 'assistant', content: pair.chosen_text }],
    rejected_response: pair.rejected_text,
    question_id: pair.question_id,
  }),
};
