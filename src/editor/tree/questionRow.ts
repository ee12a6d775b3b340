import { LEFT_OUT_TEXT } from '../../preference/pair.ts';
import type { QuestionState } from '../../preference/studyPairs.ts';
import { isFailed, type QuestionEntry } from '../../study/entries.ts';
import { oneLine, plural, trajectoryNumber, type Detail, type Row } from './row.ts';

export type QuestionCondition =
  'unsampled' | 'partial' | 'sampled' | 'scored' | 'imported' | 'overridden' | 'leftOut' | 'failed';

const CONDITIONS: Record<QuestionCondition, { icon: Row['icon']; words: string }> = {
  unsampled: { icon: { id: 'circle-outline' }, words: 'not sampled' },
  partial: { icon: { id: 'circle-large-outline', color: 'charts.blue' }, words: 'partly sampled' },
  sampled: { icon: { id: 'circle-filled' }, words: 'not scored' },
  scored: { icon: { id: 'pass', color: 'charts.green' }, words: 'scored' },
  imported: { icon: { id: 'pass', color: 'charts.green' }, words: 'imported' },
  overridden: { icon: { id: 'account', color: 'charts.blue' }, words: 'overridden' },
  leftOut: { icon: { id: 'circle-slash', color: 'charts.yellow' }, words: 'left out' },
  failed: { icon: { id: 'error', color: 'charts.red' }, words: 'failed' },
};

/** What stands out about a question; a score says more than the number of trajectories, a person more than a score. */
export function questionCondition(state: QuestionState, expected: number): QuestionCondition {
  const { trajectories, score, pair } = state;
  if (trajectories.length === 0) return 'unsampled';
  if (trajectories.every(isFailed)) return 'failed';
  if (pair.leftOut && (score ?? overrides(state).length > 0)) return 'leftOut';
  if (overrides(state).length > 0) return 'overridden';
  if (score) return 'scored';
  if (trajectories[0]?.imported) return 'imported';
  return trajectories.length < expected ? 'partial' : 'sampled';
}

export function questionRow(entry: QuestionEntry, state: QuestionState, expected: number): Row {
  const condition = questionCondition(state, expected);
  const failed = state.trajectories.filter(isFailed).length;
  const usable = state.trajectories.length - failed;
  const facts = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(state.pair.margin === undefined ? [] : [`margin ${state.pair.margin.toFixed(3)}`]),
  ];
  const words = conditionWords(condition, state);
  const question = oneLine(entry.question, 120);
  return {
    label: entry.id,
    description: [`${usable}/${expected}`, ...facts, ...words, question].join(' · '),
    icon: CONDITIONS[condition].icon,
    contextValue: `question ${condition}`,
    spoken: [
      `question ${entry.id}`,
      ...(words.length > 0 ? words : [CONDITIONS[condition].words]),
      `${usable} of ${expected} trajectories`,
      ...facts,
      question,
    ].join(', '),
    details: () => questionDetails(entry, state, expected),
  };
}

function conditionWords(condition: QuestionCondition, state: QuestionState): string[] {
  switch (condition) {
    case 'sampled':
      return ['not scored'];
    case 'imported':
      return [state.pair.leftOut === 'one_answer' ? 'imported, one answer' : 'imported'];
    case 'overridden':
      return [`overridden by ${overrides(state).join(', ')}`];
    case 'leftOut':
      return [`left out: ${state.pair.leftOut ? LEFT_OUT_TEXT[state.pair.leftOut] : ''}`];
    case 'unsampled':
    case 'partial':
    case 'scored':
    case 'failed':
      return [];
  }
}

/** Reviewers whose decisions are in force. */
function overrides({ pair }: QuestionState): string[] {
  const names = [pair.chosen, pair.rejected].flatMap((choice) => choice?.override?.reviewer ?? []);
  return [...new Set(names)];
}

function questionDetails(entry: QuestionEntry, state: QuestionState, expected: number): Detail[] {
  const { pair, score, trajectories } = state;
  const failed = trajectories.filter(isFailed).length;
  const side = (choice: typeof pair.chosen) =>
    choice && `${trajectoryNumber(choice.index)} by ${choice.override?.reviewer ?? 'policy'}`;
  const chosen = side(pair.chosen);
  const rejected = side(pair.rejected);
  return [
    { term: 'Question', value: entry.question },
    { term: 'State', value: CONDITIONS[questionCondition(state, expected)].words },
    {
      term: 'Context',
      value: `${plural(entry.contextTokens, 'token')}, ${plural(entry.documents, 'document')}`,
    },
    {
      term: 'Trajectories',
      value: `${trajectories.length - failed} of ${expected}${failed > 0 ? `, ${failed} failed` : ''}`,
    },
    ...(score ? [{ term: 'Scorer', value: score.scorer }] : []),
    ...(chosen ? [{ term: 'Chosen', value: chosen }] : []),
    ...(rejected ? [{ term: 'Rejected', value: rejected }] : []),
    ...(pair.margin === undefined ? [] : [{ term: 'Margin', value: pair.margin.toFixed(4) }]),
    ...(pair.leftOut ? [{ term: 'No pair', value: LEFT_OUT_TEXT[pair.leftOut] }] : []),
  ];
}
