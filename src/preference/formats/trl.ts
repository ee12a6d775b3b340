import type { ExportFormat } from './exportFormat.ts';

/** TRL's conversational preference format with an explicit prompt (ORPOTrainer, DPOTrainer). */
export const trl: ExportFormat = {
  name: 'trl',
  file: 'pairs.jsonl',
  description: 'TRL preference: prompt, chosen and rejected as messages',
  takes: 'pairs',
  row: (pair) => ({
    prompt: pair.prompt,
    chosen: [{ role: 'assistant', content: pair.chosen_text }],
    rejected: [{ role: 'assistant', content: pair.rejected_text }],
    question_id: pair.question_id,
    chosen_score: pair.chosen_score,
    rejected_score: pair.rejected_score,
  }),
};
