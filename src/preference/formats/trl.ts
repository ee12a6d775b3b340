import type { ExportFormat, ExportPair } from './exportFormat.ts';

/** TRL's conversational preference row, with an explicit prompt. */
export function trlRow(pair: ExportPair) {
  return {
    prompt: pair.prompt,
    chosen: [{ role: 'assistant', content: pair.chosen_text }],
    rejected: [{ role: 'assistant', content: pair.rejected_text }],
    question_id: pair.question_id,
    chosen_score: pair.chosen_score,
    rejected_score: pair.rejected_score,
  };
}

/** TRL's conversational preference format with an explicit prompt (ORPOTrainer, DPOTrainer). */
export const trl: ExportFormat = {
  name: 'trl',
  file: 'pairs.jsonl',
  description: 'TRL preference: prompt, chosen and rejected as messages',
  usage: () =>
    'TRL (ORPOTrainer, DPOTrainer): `load_dataset` on this folder; the rows are conversational preference data with an explicit prompt.',
  takes: 'pairs',
  row: trlRow,
};
