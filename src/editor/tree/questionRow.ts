import type { AnswerClusters } from '../../clusters/answerClusters.ts';
import { LEFT_OUT_TEXT } from '../../preference/pair.ts';
import { pairSource } from '../../preference/pairs.ts';
import { qualityOf } from '../../sampling/quality.ts';
import type { QuestionState } from '../../preference/studyPairs.ts';
import { questionFacts, type QuestionFacts } from '../../review/questionFacts.ts';
import { isolatedText, visibleText } from '../../protocol/hiddenCharacters.ts';
import type { QuestionEntry } from '../../study/entries.ts';
import { flawFacts, qualityDetails } from './qualityDetails.ts';
import { oneLine, plural, trajectoryNumber, type Detail, type Row } from './row.ts';

export type QuestionCondition =
  | 'unsampled'
  | 'partial'
  | 'unreviewed'
  | 'sampled'
  | 'scored'
  | 'imported'
  | 'agreed'
  | 'overridden'
  | 'skipped'
  | 'flagged'
  | 'disputed'
  | 'leftOut'
  | 'failed';

const CONDITIONS: Record<QuestionCondition, { icon: Row['icon']; words: string }> = {
  unsampled: { icon: { id: 'circle-outline' }, words: 'not sampled' },
  partial: { icon: { id: 'circle-large-outline', color: 'charts.blue' }, words: 'partly sampled' },
  unreviewed: { icon: { id: 'circle-filled' }, words: 'not reviewed' },
  sampled: { icon: { id: 'circle-filled' }, words: 'not scored' },
  scored: { icon: { id: 'pass', color: 'charts.green' }, words: 'scored' },
  imported: { icon: { id: 'pass', color: 'charts.green' }, words: 'imported' },
  agreed: { icon: { id: 'thumbsup', color: 'charts.green' }, words: 'agreed' },
  overridden: { icon: { id: 'account', color: 'charts.blue' }, words: 'overridden' },
  skipped: { icon: { id: 'debug-step-over' }, words: 'skipped' },
  flagged: { icon: { id: 'comment-discussion', color: 'charts.orange' }, words: 'flagged' },
  disputed: { icon: { id: 'git-compare', color: 'charts.orange' }, words: 'in dispute' },
  leftOut: { icon: { id: 'circle-slash', color: 'charts.yellow' }, words: 'left out' },
  failed: { icon: { id: 'error', color: 'charts.red' }, words: 'failed' },
};

/** What of a study its rows depend on. */
export interface RowStudy {
  /** Trajectories that a question is to have. */
  expected: number;
  /** The state that a row is made of has no scores, since they are hidden. */
  blind: boolean;
  /** Questions whose final answers are still being read: where they are many, rows tell theirs when all are known. */
  clustersDue?: number;
}

/** What stands out about a question; a score says more than the number of trajectories, a person more than a score. */
export function questionCondition(
  state: QuestionState,
  facts: QuestionFacts,
  { expected, blind }: RowStudy,
): QuestionCondition {
  const { trajectories, scored, leftOut } = facts;
  const decided = facts.reviewedBy.length + facts.outdatedBy.length > 0;
  const samples = trajectories + facts.flaws.failed;
  if (samples === 0) return 'unsampled';
  if (trajectories === 0) return 'failed';
  if (facts.disputed) return 'disputed';
  if (facts.flaggedBy.length > 0) return 'flagged';
  if (leftOut && (scored || decided)) return 'leftOut';
  if (facts.overriddenBy.length > 0) return 'overridden';
  if (facts.reviewedBy.length > 0) return 'agreed';
  if (facts.skippedBy.length > 0) return 'skipped';
  if (scored) return 'scored';
  if (state.trajectories[0]?.imported) return 'imported';
  if (samples < expected) return 'partial';
  return blind ? 'unreviewed' : 'sampled';
}

/** @param facts of this state, where they are known: to make them takes a look at each trajectory. */
export function questionRow(
  entry: QuestionEntry,
  state: QuestionState,
  study: RowStudy,
  facts: QuestionFacts = questionFacts(entry, state, 0, undefined),
): Row {
  const { expected } = study;
  const condition = questionCondition(state, facts, study);
  const measured = [
    ...(facts.flaws.failed > 0 ? [`${facts.flaws.failed} failed`] : []),
    ...(facts.margin === undefined ? [] : [`margin ${facts.margin.toFixed(3).replace('-', '−')}`]),
  ];
  const words = conditionWords(condition, facts);
  const sampled = facts.trajectories + facts.flaws.failed > 0;
  const told = sampled && (facts.clustered || (study.clustersDue ?? 0) <= FEW);
  const split = told ? answerSplit(state.clusters) : undefined;
  const flaws = flawFacts(facts);
  const [id, question] = [isolatedText(entry.id), oneLine(entry.question, 120)];
  return {
    label: id,
    description: [
      // Where all are there and scored the room is for what tells questions apart: a row shows some 30 characters of this.
      ...(facts.scored && facts.trajectories === expected
        ? []
        : [`${facts.trajectories}/${expected}`]),
      ...measured,
      ...words,
      ...(split ? [split.short] : []),
      ...flaws,
      question,
    ].join(' · '),
    icon: CONDITIONS[condition].icon,
    contextValue: `question ${condition}`,
    spoken: [
      `question ${id}`,
      ...(words.length > 0 ? words : [CONDITIONS[condition].words]),
      `${facts.trajectories} of ${expected} trajectories`,
      ...measured,
      ...(split ? [split.spoken] : []),
      ...flaws,
      question,
    ].join(', '),
    details: () => questionDetails(entry, state, facts, study),
  };
}

/** How the samples divide over final answers, largest first: "answers 5+2, 1 unclear". */
export function answerSplit({ clusters, unclear }: AnswerClusters): {
  short: string;
  spoken: string;
} {
  const sizes = clusters.map(({ indices }) => indices.length);
  if (sizes.length === 0) return { short: 'no clear answer', spoken: 'no clear answer' };
  const rest = unclear.length > 0 ? [`${unclear.length} unclear`] : [];
  if (sizes.length === 1)
    return {
      short: ['1 answer', ...rest].join(', '),
      spoken: [`one answer given ${sizes[0]} times`, ...rest].join(', '),
    };
  const shown = sizes.slice(0, MOST_SIZES).join('+');
  return {
    short: [`answers ${shown}${sizes.length > MOST_SIZES ? '+…' : ''}`, ...rest].join(', '),
    spoken: [`${sizes.length} answers, given ${sizes.join(', ')} times`, ...rest].join(', '),
  };
}

const MOST_SIZES = 5;
/** Answers of so many questions are put into clusters as their rows are made. */
const FEW = 50;

function conditionWords(condition: QuestionCondition, facts: QuestionFacts): string[] {
  const by = namesOf;
  switch (condition) {
    case 'sampled':
      return ['not scored'];
    case 'imported':
      return [facts.leftOut === 'one_answer' ? 'imported, one answer' : 'imported'];
    case 'agreed':
      return [`agreed by ${by(facts.reviewedBy)}`];
    case 'overridden':
      return [`overridden by ${by(facts.overriddenBy)}`];
    case 'skipped':
      return [`skipped by ${by(facts.skippedBy)}`];
    case 'flagged':
      return [`flagged by ${by(facts.flaggedBy)}`];
    case 'disputed':
      return [`in dispute between ${by([...facts.reviewedBy, ...facts.outdatedBy])}`];
    case 'leftOut':
      return [`left out: ${facts.leftOut ? LEFT_OUT_TEXT[facts.leftOut] : ''}`];
    case 'unsampled':
    case 'partial':
    case 'unreviewed':
    case 'scored':
    case 'failed':
      return [];
  }
}

function namesOf(names: readonly string[]): string {
  return names.map(isolatedText).join(', ');
}

function questionDetails(
  entry: QuestionEntry,
  state: QuestionState,
  facts: QuestionFacts,
  study: RowStudy,
): Detail[] {
  const { expected } = study;
  const { pair, score, clusters } = state;
  const side = (choice: typeof pair.chosen) =>
    choice &&
    `${trajectoryNumber(choice.index)} by ${isolatedText(choice.override?.reviewer ?? pairSource(state))}`;
  const lines: [string, string | undefined][] = [
    ['Question', visibleText(entry.question)],
    ['State', CONDITIONS[questionCondition(state, facts, study)].words],
    ['Context', `${plural(entry.contextTokens, 'token')}, ${plural(entry.documents, 'document')}`],
    [
      'Trajectories',
      `${facts.trajectories} of ${expected}${facts.flaws.failed > 0 ? `, ${facts.flaws.failed} failed` : ''}`,
    ],
    [
      'Answers',
      clusters.clusters
        .map(({ label, indices }) => `${isolatedText(label)} (${indices.length})`)
        .join(', '),
    ],
    ...qualityDetails(qualityOf(state.trajectories)).map(({ term, value }): [string, string] => [
      term,
      value,
    ]),
    ['Scorer', score?.scorer],
    ['Chosen', side(pair.chosen)],
    ['Rejected', side(pair.rejected)],
    ['Margin', pair.margin?.toFixed(4)],
    ['Reviewed by', namesOf(facts.reviewedBy)],
    ['Reviewed before the pair changed by', namesOf(facts.outdatedBy)],
    ['Flagged by', namesOf(facts.flaggedBy)],
    ['No pair', pair.leftOut && LEFT_OUT_TEXT[pair.leftOut]],
  ];
  return lines.flatMap(([term, value]) => (value ? [{ term, value }] : []));
}
