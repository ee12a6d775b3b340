import {
  CHECK_LABELS,
  isUsable,
  probeLine,
  type ProbeCheck,
  type ProbeResult,
} from '../../endpoint/probeResult.ts';

/** One finding as a line of a list; longer words stand below it. */
export interface CheckItem {
  label: string;
  description: string;
  detail?: string;
}

/** Said as a word beside the icon: neither its shape nor its colour is needed to know. */
const OUTCOMES: Record<ProbeCheck['outcome'], { icon: string; word: string }> = {
  yes: { icon: 'pass', word: 'yes' },
  no: { icon: 'circle-slash', word: 'no' },
  unknown: { icon: 'question', word: 'not known' },
  problem: { icon: 'error', word: 'problem' },
};

/** What fits beside the label without being cut. */
const SHORT_CHARACTERS = 56;

export function checkItem({ name, outcome, words }: ProbeCheck): CheckItem {
  const { icon, word } = OUTCOMES[outcome];
  const label = `$(${icon}) ${CHECK_LABELS[name]}`;
  return words.length <= SHORT_CHARACTERS && outcome !== 'problem'
    ? { label, description: `${word} · ${words}` }
    : { label, description: word, detail: words };
}

/** What the last test found, beside an endpoint in a list. */
export function testedText(result: ProbeResult): string {
  const day = new Date(result.tested_at).toLocaleDateString('en', {
    day: 'numeric',
    month: 'short',
  });
  const icon = isUsable(result) ? '$(pass) tested' : '$(error) did not work on';
  return `${icon} ${day}: ${probeLine(result)}`;
}
