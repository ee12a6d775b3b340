import type { ExportFormat } from './exportFormat.ts';

/** OpenRLHF's preference data without a prompt column: chosen and rejected are whole conversations. */
export const openRlhf: ExportFormat = {
  name: 'openrlhf',
  file: 'pairs.jsonl',
  description: 'OpenRLHF preference: chosen and rejected as whole conversations',
  usage: ({ train, validation }) =>
    `OpenRLHF (\`openrlhf.cli.train_dpo\`): \`--dataset ${train}${validation ? ` --eval_dataset ${validation}` : ''} --chosen_key chosen --rejected_key rejected --apply_chat_template\`, without \`--prompt_key\`.`,
  takes: 'pairs',
  row: (pair) => ({
    chosen: [...pair.prompt, { role: 'assistant', content: pair.chosen_text }],
    rejected: [...pair.prompt, { role: 'assistant', content: pair.rejected_text }],
    question_id: pair.question_id,
  }),
};
