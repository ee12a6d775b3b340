import { ranking } from '../../preference/pair.ts';
import type { QuestionState } from '../../preference/studyPairs.ts';
import { flawsOf, type Flaw } from '../../sampling/quality.ts';
import { isolatedText, visibleText } from '../../protocol/hiddenCharacters.ts';
import type { TrajectoryEntry } from '../../study/entries.ts';
import { trajectoryNumber, type Detail, type Row } from './row.ts';

/** What a trajectory is in its question's pair, and by whom. */
export interface TrajectoryStanding {
  role: 'chosen' | 'rejected' | undefined;
  /** The reviewer who put it there; undefined where the policy did. */
  by: string | undefined;
  /** The reviewer who took it out of the place that the policy had given it. */
  overriddenBy: string | undefined;
  flaws: readonly Flaw[];
}

/** A question's trajectories by falling score; those without a score after them, by index. */
export function orderTrajectories(state: QuestionState): TrajectoryEntry[] {
  const place = new Map(ranking(state.score).map((index, position) => [index, position]));
  const of = ({ index }: TrajectoryEntry) => place.get(index) ?? place.size + index;
  return [...state.trajectories].sort((a, b) => of(a) - of(b));
}

/** The score of a trajectory by the study's scorer. */
export function scoreOf({ score }: QuestionState, index: number): number | undefined {
  return score?.scores[score.indices.indexOf(index)];
}

export function standingOf(state: QuestionState, entry: TrajectoryEntry): TrajectoryStanding {
  const { chosen, rejected, policy } = state.pair;
  const role =
    chosen?.index === entry.index
      ? 'chosen'
      : rejected?.index === entry.index
        ? 'rejected'
        : undefined;
  const side = role === 'chosen' ? chosen : role === 'rejected' ? rejected : undefined;
  const lost =
    (policy.chosen === entry.index && chosen?.index !== entry.index ? chosen : undefined) ??
    (policy.rejected === entry.index && rejected?.index !== entry.index ? rejected : undefined);
  return {
    role,
    by: side?.override?.reviewer,
    overriddenBy: lost?.override?.reviewer,
    flaws: flawsOf(state.trajectories).get(entry.index) ?? [],
  };
}

/** The place in the pair in words: "chosen by Ada", "overridden by Ada". */
export function standingWords({ role, by, overriddenBy }: TrajectoryStanding): string[] {
  return [
    ...(role ? [by === undefined ? role : `${role} by ${isolatedText(by)}`] : []),
    ...(overriddenBy === undefined ? [] : [`overridden by ${isolatedText(overriddenBy)}`]),
  ];
}

export function trajectoryRow(
  entry: TrajectoryEntry,
  state: QuestionState,
  { blind }: { blind: boolean },
): Row {
  const standing = standingOf(state, entry);
  const score = scoreOf(state, entry.index);
  const words = [...standingWords(standing), ...standing.flaws];
  const flags = [
    ...(standing.role ? [standing.role] : []),
    ...(standing.overriddenBy === undefined && standing.by === undefined ? [] : ['overridden']),
    ...standing.flaws,
  ];
  const number = trajectoryNumber(entry.index);
  return {
    label: score === undefined ? number : `${number} ${score.toFixed(3)}`,
    description: words.join(' · '),
    icon: iconOf(standing),
    contextValue: ['trajectory', ...flags].join(' '),
    spoken: [
      `trajectory ${entry.index}`,
      ...words,
      ...(score !== undefined ? [`score ${score.toFixed(3)}`] : blind ? [] : ['not scored']),
    ].join(', '),
    details: () => details(entry, state, words),
  };
}

function iconOf({ role, overriddenBy, flaws }: TrajectoryStanding): Row['icon'] {
  if (flaws.includes('failed')) return { id: 'error', color: 'charts.red' };
  if (role === 'chosen') return { id: 'pass-filled', color: 'charts.green' };
  if (role === 'rejected') return { id: 'close', color: 'charts.red' };
  if (overriddenBy !== undefined) return { id: 'discard', color: 'charts.yellow' };
  if (flaws.includes('truncated')) return { id: 'ellipsis', color: 'charts.yellow' };
  if (flaws.includes('refused') || flaws.includes('empty'))
    return { id: 'circle-slash', color: 'charts.yellow' };
  if (flaws.includes('duplicate')) return { id: 'copy' };
  return { id: 'dash' };
}

function details(entry: TrajectoryEntry, state: QuestionState, words: readonly string[]): Detail[] {
  const score = scoreOf(state, entry.index);
  const place = ranking(state.score).indexOf(entry.index) + 1;
  return [
    { term: 'Trajectory', value: [trajectoryNumber(entry.index), ...words].join(' · ') },
    ...(state.score && score !== undefined
      ? [
          {
            term: 'Score',
            value: `${score.toFixed(4)} by ${state.score.scorer}, ${place} of ${state.score.indices.length}`,
          },
        ]
      : []),
    { term: 'Finish reason', value: visibleText(entry.finishReason) },
    ...(entry.error === undefined ? [] : [{ term: 'Error', value: visibleText(entry.error) }]),
    ...(entry.attempts === undefined
      ? []
      : [{ term: 'Attempts', value: `${entry.attempts}; retries shift what is sampled` }]),
    ...(entry.completionTokens === null
      ? []
      : [{ term: 'Tokens', value: String(entry.completionTokens) }]),
    { term: 'Characters', value: String(entry.characters) },
  ];
}
