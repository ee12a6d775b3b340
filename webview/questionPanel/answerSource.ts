import type { PanelTrajectory } from '../../src/protocol/panel.ts';
import type { Marks } from './texts/markedText.ts';

/** How an answer was found, in a few words, and what more there is to say of it. */
export interface AnswerSourceWords {
  label: string;
  title: string;
  /** The rule's name, where one found it. */
  rule: string | undefined;
}

export function answerSource(
  { answerFrom, cluster }: PanelTrajectory,
  me: string,
): AnswerSourceWords {
  if (answerFrom === null)
    return {
      label: 'by no rule',
      title: 'No rule finds an answer here. Show the rules',
      rule: undefined,
    };
  if (answerFrom.kind === 'reviewer') {
    const who = answerFrom.reviewer === me ? 'you' : answerFrom.reviewer;
    return {
      label: `read by ${who}`,
      title: `Corrected by ${who}, whatever the rules find. Show the rules`,
      rule: undefined,
    };
  }
  const { rule, own, weak } = answerFrom;
  const whose = own ? "One of the study's rules" : 'A built-in rule';
  const alone = weak && cluster === null;
  const counts = weak ? '; what it finds counts only where another sample says the same' : '';
  return {
    label: `by rule ${rule}${alone ? ', alone' : ''}`,
    title: `${whose}${counts}. Show the rules`,
    rule,
  };
}

/** Where in the text the answer stands that counts, or would count where another sample said the same. */
export function answerPlace(trajectory: PanelTrajectory | undefined): Marks['answer'] {
  const from = trajectory?.answerFrom;
  if (from?.kind !== 'rule') return null;
  return { start: from.start, end: from.end, says: `Final answer, by the rule ${from.rule}` };
}
