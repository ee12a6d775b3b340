import type { DecisionRecord } from '../records/schemas.ts';

/** The override of one side of a pair that is in force. */
export interface ActiveOverride {
  index: number;
  decision: DecisionRecord;
}

export interface ActiveOverrides {
  chosen: ActiveOverride | undefined;
  rejected: ActiveOverride | undefined;
}

/** Decisions by question, each question's in the order in which they were made. */
export function decisionsByQuestion(
  decisions: Iterable<DecisionRecord>,
): Map<string, DecisionRecord[]> {
  const byQuestion = new Map<string, DecisionRecord[]>();
  for (const decision of decisions) {
    const list = byQuestion.get(decision.question_id);
    if (list) list.push(decision);
    else byQuestion.set(decision.question_id, [decision]);
  }
  for (const list of byQuestion.values()) list.sort(inOrder);
  return byQuestion;
}

/** By time, then by id: the same on every machine, however git merged the files. */
function inOrder(a: DecisionRecord, b: DecisionRecord): number {
  return a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/**
 * What the reviewers' decisions on one question (in order) come to. The latest override of each side counts, whoever made
 * it, unless it was undone.
 */
export function activeOverrides(
  decisions: readonly DecisionRecord[],
  sampling: string,
): ActiveOverrides {
  const result: ActiveOverrides = { chosen: undefined, rejected: undefined };
  for (const decision of standing(decisions, sampling)) {
    if (decision.chosen !== undefined) result.chosen = { index: decision.chosen, decision };
    if (decision.rejected !== undefined) result.rejected = { index: decision.rejected, decision };
  }
  return result;
}

/** The reviewer's override that an undo would take back. */
export function undoTarget(
  decisions: readonly DecisionRecord[],
  sampling: string,
  reviewer: string,
): DecisionRecord | undefined {
  return standing(decisions, sampling).findLast((decision) => decision.reviewer === reviewer);
}

/** The override that a redo would make again: the one undone last, unless the reviewer has decided anew since. */
export function redoTarget(
  decisions: readonly DecisionRecord[],
  sampling: string,
  reviewer: string,
): DecisionRecord | undefined {
  const own = decisions.filter(
    (decision) => decision.reviewer === reviewer && decision.sampling === sampling,
  );
  const stack: string[] = [];
  for (const decision of own) {
    if (decision.kind === 'override') stack.length = 0;
    else if (decision.kind === 'undo' && decision.target !== undefined) stack.push(decision.target);
    else if (decision.kind === 'redo') stack.pop();
  }
  const target = stack.at(-1);
  return own.find((decision) => decision.id === target);
}

/** The overrides that are not undone. */
function standing(decisions: readonly DecisionRecord[], sampling: string): DecisionRecord[] {
  const undone = new Set<string>();
  for (const decision of decisions) {
    if (decision.target === undefined) continue;
    if (decision.kind === 'undo') undone.add(decision.target);
    else if (decision.kind === 'redo') undone.delete(decision.target);
  }
  return decisions.filter(
    (decision) =>
      decision.kind === 'override' && decision.sampling === sampling && !undone.has(decision.id),
  );
}
