import type { ExportFormat, ExportPair } from './exportFormat.ts';

/**
 * axolotl's `chat_template.argilla` (ORPO) and `chat_template.argilla_chat` (DPO), as its docs/rlhf.qmd describes them: two
 * whole conversations of user and assistant in turn, with the system prompt beside them. No column `prompt`: where there is
 * one, axolotl puts it in the place of every turn.
 */
export const axolotl: ExportFormat = {
  name: 'axolotl',
  file: 'pairs.jsonl',
  description: 'axolotl preference (chat_template.argilla): two whole conversations',
  usage: ({ train }) =>
    `axolotl: \`rl: orpo\`, \`remove_unused_columns: false\`, and under \`datasets\`: \`path: ${train}\`, \`ds_type: json\`, \`type: chat_template.argilla\` (for DPO: \`chat_template.argilla_chat\`).`,
  takes: 'pairs',
  row: axolotlRow,
};

function axolotlRow({ prompt, chosen_text, rejected_text, question_id }: ExportPair) {
  const turns = prompt.filter(({ role }) => role !== 'system');
  const system = prompt.find(({ role }) => role === 'system');
  return {
    ...(system ? { system: system.content } : {}),
    chosen: [...turns, { role: 'assistant', content: chosen_text }],
    rejected: [...turns, { role: 'assistant', content: rejected_text }],
    question_id,
  };
}
