import type { AnswerRule } from '../study/config.ts';
import builtIn from './answerRules.json' with { type: 'json' };

const BUILT_IN = builtIn as readonly AnswerRule[];

/** A rule as a study has it. */
export interface ListedRule {
  rule: AnswerRule;
  /** Of the study alone, as it comes with SeaLong, or a built-in one in whose place the study has its own. */
  source: 'study' | 'built_in' | 'changed';
}

/** Every rule in the order in which they are tried, those that are switched off last. */
export function listedRules(own: readonly AnswerRule[]): ListedRule[] {
  const names = new Set(BUILT_IN.map(({ name }) => name));
  const rules = [
    ...own
      .filter(({ name }) => !names.has(name))
      .map((rule) => ({ rule, source: 'study' as const })),
    ...BUILT_IN.map((rule): ListedRule => {
      const instead = own.find(({ name }) => name === rule.name);
      return instead ? { rule: instead, source: 'changed' } : { rule, source: 'built_in' };
    }),
  ];
  const isOff = ({ rule }: ListedRule) => rule.off === true;
  return [...rules.filter((one) => !isOff(one)), ...rules.filter(isOff)];
}

/** The study's rules with one in the place of that of its name, or else before all others. */
export function withRule(own: readonly AnswerRule[], rule: AnswerRule): AnswerRule[] {
  return own.some(({ name }) => name === rule.name)
    ? own.map((other) => (other.name === rule.name ? rule : other))
    : [rule, ...own];
}

/** Without the study's rule of that name: a built-in one is then again as it comes. */
export function withoutRule(own: readonly AnswerRule[], name: string): AnswerRule[] {
  return own.filter((rule) => rule.name !== name);
}

/** Switched off or on. A rule that then is as it comes with SeaLong is none of the study's any more. */
export function switchedRule(own: readonly AnswerRule[], name: string): AnswerRule[] {
  const rule = listedRules(own).find((listed) => listed.rule.name === name)?.rule;
  if (!rule) return [...own];
  const { off, ...rest } = rule;
  const switched: AnswerRule = off === true ? rest : { ...rest, off: true };
  const standard = BUILT_IN.find((other) => other.name === name);
  return standard && JSON.stringify(standard) === JSON.stringify(switched)
    ? withoutRule(own, name)
    : withRule(own, switched);
}

/** More phrases of one rule are counted. */
const SHOWN = 6;

/** What a rule looks for, in words. */
export function ruleWords({ after, between, last, weak }: AnswerRule): string {
  const quoted = (text: string) => `\u201c${text}\u201d`;
  const what = after
    ? `what follows ${[...after.slice(0, SHOWN).map(quoted), ...others(after.length - SHOWN)].join(', ')}`
    : between
      ? `what stands between ${quoted(between[0])} and ${quoted(between[1])}`
      : last === 'line'
        ? 'the last line'
        : 'the last sentence';
  return weak === true ? `${what}; counts only where another sample says the same` : what;
}

function others(count: number): string[] {
  return count > 0 ? [`${String(count)} more`] : [];
}
