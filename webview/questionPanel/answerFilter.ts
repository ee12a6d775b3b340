import type { PanelAnswers, PanelTrajectory } from '../../src/protocol/panel.ts';

/** Stands for the trajectories in which no final answer was found; no answer is empty. */
export const UNCLEAR = '';

export function hasAnswer(trajectory: PanelTrajectory | undefined, answer: string): boolean {
  if (trajectory === undefined || trajectory.failed) return false;
  return (trajectory.cluster ?? UNCLEAR) === answer;
}

/** What can be filtered by, in the order of the chips. */
export function filtersOf(answers: PanelAnswers | null): string[] {
  if (answers === null) return [];
  return [...answers.clusters.map(({ key }) => key), ...(answers.unclear > 0 ? [UNCLEAR] : [])];
}

export function answerLabel(answers: PanelAnswers | null, answer: string): string {
  if (answer === UNCLEAR) return 'unclear';
  return answers?.clusters.find(({ key }) => key === answer)?.label ?? answer;
}
