import type { QuestionState } from '../../preference/studyPairs.ts';
import type { TrajectoryRecord } from '../../records/schemas.ts';
import type { TrajectoryEntry } from '../../study/entries.ts';
import { ranking } from '../../preference/pair.ts';
import { trajectoryNumber } from '../tree/row.ts';
import { scoreOf, standingOf, standingWords } from '../tree/trajectoryRow.ts';

/** Ends the header of a trajectory's document; the grammar knows it. */
export const HEADER_END = '-'.repeat(40);

/**
 * A trajectory with what is known of it above; its text is unchanged.
 *
 * @param blind no score and no pair is to be seen, nor the model: of answers of several models it tells them apart.
 */
export function trajectoryText(
  question: string,
  record: TrajectoryRecord,
  entry: TrajectoryEntry,
  { state, blind }: { state: QuestionState; blind: boolean },
): string {
  const standing = standingWords(standingOf(state, entry));
  const header = [
    ['Question', oneLine(question)],
    ['Trajectory', `${trajectoryNumber(entry.index)} of ${state.questionId}`],
    ...(blind ? [] : [['Score', scoreText(state, entry.index)]]),
    ['Pair', standing.length > 0 ? standing.join(', ') : `not in ${blind ? 'your' : 'the'} pair`],
    ['Finish', finishText(record)],
    ['Tokens', tokensText(record)],
    ...(blind ? [] : [['Model', oneLine(record.model)]]),
    ['Sampled', sampledText(record)],
    ...(record.error === undefined ? [] : [['Error', oneLine(record.error)]]),
  ];
  return `${header.map(([term, value]) => `${term}: ${value}`).join('\n')}\n${HEADER_END}\n${record.text}`;
}

function scoreText(state: QuestionState, index: number): string {
  const score = scoreOf(state, index);
  if (!state.score || score === undefined) return 'not scored';
  const order = ranking(state.score);
  return `${score.toFixed(4)} by ${state.score.scorer}, ${order.indexOf(index) + 1} of ${order.length}`;
}

function finishText({ finish_reason }: TrajectoryRecord): string {
  if (finish_reason === 'length') return 'length (truncated at max_tokens)';
  return finish_reason === 'error'
    ? 'error (the server refused the request)'
    : oneLine(finish_reason);
}

function sampledText({ created_at, attempts = 1 }: TrajectoryRecord): string {
  return `${oneLine(created_at)}${attempts > 1 ? `, at attempt ${attempts}` : ''}`;
}

function tokensText({ prompt_tokens, completion_tokens }: TrajectoryRecord): string {
  return `${completion_tokens ?? 'unknown'}, after a prompt of ${prompt_tokens ?? 'unknown'}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}
