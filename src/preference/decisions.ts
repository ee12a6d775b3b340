import type { DecisionKind, DecisionRecord } from '../records/schemas.ts';

/** The override of one side of a pair that is in force. */
export interface ActiveOverride {
  index: number;
  decision: DecisionRecord;
}

/** What decisions, one after another, make of a question's pair; a side that is undefined stays with the policy. */
export interface Verdict {
  chosen: ActiveOverride | undefined;
  rejected: ActiveOverride | undefined;
  /** The decision that leaves the question out. */
  leaveOut: DecisionRecord | undefined;
  /** The last decision that said something about the pair; undefined where none did. */
  last: DecisionRecord | undefined;
}

const ABOUT_THE_PAIR: ReadonlySet<DecisionKind> = new Set([
  'override',
  'swap',
  'agree',
  'both_bad',
]);

/** Whether a decision says what becomes of the pair; the others comment on the question. */
export function isVerdict({ kind }: Pick<DecisionRecord, 'kind'>): boolean {
  return ABOUT_THE_PAIR.has(kind);
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

/** The decisions in force, in order: those of this sampling that were not undone. */
export function standing(decisions: readonly DecisionRecord[], sampling: string): DecisionRecord[] {
  const undone = new Set<string>();
  for (const decision of decisions) {
    if (decision.target === undefined) continue;
    if (decision.kind === 'undo') undone.add(decision.target);
    else if (decision.kind === 'redo') undone.delete(decision.target);
  }
  return decisions.filter(
    (decision) =>
      decision.sampling === sampling && !isAboutAnother(decision) && !undone.has(decision.id),
  );
}

/**
 * The verdict of decisions in force. The latest of each side counts; to leave the question out ends with the next
 * decision that is for a pair.
 */
export function verdictOf(decisions: readonly DecisionRecord[]): Verdict {
  const result: Verdict = {
    chosen: undefined,
    rejected: undefined,
    leaveOut: undefined,
    last: undefined,
  };
  for (const decision of decisions) {
    if (!isVerdict(decision)) continue;
    const { chosen, rejected } = decision;
    result.last = decision;
    result.leaveOut =
      decision.kind === 'both_bad' ||
      (decision.kind === 'agree' && decision.verdict === 'leave_out')
        ? decision
        : undefined;
    // Who agrees to an override has not made it.
    const made = decision.kind !== 'agree';
    if (chosen !== undefined && (made || result.chosen?.index !== chosen))
      result.chosen = { index: chosen, decision };
    if (rejected !== undefined && (made || result.rejected?.index !== rejected))
      result.rejected = { index: rejected, decision };
  }
  return result;
}

/** Each reviewer's own verdict, in the order of their first decision. */
export function verdictsByReviewer(decisions: readonly DecisionRecord[]): Map<string, Verdict> {
  const own = new Map<string, DecisionRecord[]>();
  for (const decision of decisions) {
    if (!isVerdict(decision)) continue;
    const list = own.get(decision.reviewer);
    if (list) list.push(decision);
    else own.set(decision.reviewer, [decision]);
  }
  return new Map([...own].map(([reviewer, list]) => [reviewer, verdictOf(list)]));
}

/** The reviewer's decision that an undo would take back. */
export function undoTarget(
  decisions: readonly DecisionRecord[],
  sampling: string,
  reviewer: string,
): DecisionRecord | undefined {
  return standing(decisions, sampling).findLast((decision) => decision.reviewer === reviewer);
}

/** The decision that a redo would make again: the one undone last, unless the reviewer has decided anew since. */
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
    if (!isAboutAnother(decision)) stack.length = 0;
    else if (decision.kind === 'redo') stack.pop();
    else if (decision.target !== undefined) stack.push(decision.target);
  }
  const target = stack.at(-1);
  return own.find((decision) => decision.id === target);
}

/** Undo and redo: they are themselves neither in force nor taken back. */
function isAboutAnother({ kind }: DecisionRecord): boolean {
  return kind === 'undo' || kind === 'redo';
}
