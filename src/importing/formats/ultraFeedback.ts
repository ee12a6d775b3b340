import * as z from 'zod';
import { filledText, sourceText } from '../../synthesis/formats/fields.ts';
import { fieldsOf, readRow, type LeftOut } from '../../synthesis/formats/format.ts';
import type { ExampleFormat, SourceExample } from './example.ts';
import { hasSides, readPreference } from './preference.ts';

const rowSchema = z.object({
  instruction: filledText,
  completions: z.array(
    z.object({ model: z.string().optional(), response: sourceText, overall_score: z.number() }),
  ),
});

/**
 * UltraFeedback as its authors publish it, four completions a prompt, or in the pairs that others made of them: chosen is
 * the highest overall score, rejected one of the others that is lower.
 */
export const ultraFeedback: ExampleFormat = {
  name: 'ultrafeedback',
  label: 'UltraFeedback',
  fields:
    'instruction, completions [{model, response, overall_score}]; or prompt, prompt_id, chosen, rejected, score_chosen, score_rejected',
  kind: 'preference',
  supervision: 'GPT-4',
  pick: 'longest',
  recognises: (row) => {
    const fields = fieldsOf(row);
    if (Array.isArray(fields['completions'])) return 'instruction' in fields;
    // Others give scores as well: who scored them is not to be guessed.
    const isBinarized = 'prompt_id' in fields && 'score_chosen' in fields;
    return hasSides(row) && (isBinarized || 'chosen-rating' in fields);
  },
  read: (row) => (hasSides(row) ? readPreference(row) : readRow(rowSchema, row, toExample)),
};

function toExample({
  instruction,
  completions,
}: z.infer<typeof rowSchema>): SourceExample | LeftOut {
  const [chosen, ...others] = completions
    .filter(({ response }) => response.trim() !== '')
    .map(({ model, response, overall_score }) => ({
      text: response,
      score: overall_score,
      ...(model === undefined ? {} : { model }),
    }))
    .sort((a, b) => b.score - a.score);
  const rejected = others.filter(({ score }) => chosen && score < chosen.score);
  if (!chosen || rejected.length === 0)
    return { leftOut: 'no_answer', message: 'completions: no two with different scores.' };
  return { id: undefined, prompt: [{ role: 'user', content: instruction }], chosen, rejected };
}
