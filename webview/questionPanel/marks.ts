import type { PanelChoice, PanelPair } from '../../src/protocol/panel.ts';

export type Side = 'chosen' | 'rejected';
export const SIDES = ['chosen', 'rejected'] as const;

/** The shape that goes with the word and the colour. */
export const SHAPES: Record<Side, string> = { chosen: '\u25b2', rejected: '\u25bc' };

/** A trajectory's part in the pair. */
export interface Mark {
  side: Side;
  /** `policy` or `dataset`, `you` or another reviewer's name. */
  by: string;
  /** The pick of policy or dataset that a reviewer has put another in place of. */
  replaced: boolean;
}

export function marksOf(pair: PanelPair, index: number, reviewer: string): Mark[] {
  const marks: Mark[] = [];
  for (const side of SIDES) {
    const choice = pair[side];
    if (choice?.index === index) {
      marks.push({ side, by: byWhom(choice, reviewer), replaced: false });
    } else if (pair.policy[side] === index) {
      marks.push({ side, by: pair.source, replaced: choice !== null });
    }
  }
  return marks;
}

export function byWhom(choice: PanelChoice, reviewer: string): string {
  if (choice.by.kind !== 'reviewer') return choice.by.kind;
  return choice.by.reviewer === reviewer ? 'you' : choice.by.reviewer;
}
