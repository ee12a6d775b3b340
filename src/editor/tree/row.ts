import { isolatedText } from '../../protocol/hiddenCharacters.ts';

/** What a row of the tree shows, in plain values. Icons are names of codicons, colours of the theme's. */
export interface Row {
  label: string;
  description: string;
  icon: { id: string; color?: string };
  contextValue: string;
  /** For a screen reader: everything that the icon and its colour say, in words. */
  spoken: string;
  /** For the tooltip, where there is one. */
  details?: () => Detail[];
}

export interface Detail {
  term: string;
  value: string;
}

/** "1 question", "2 questions" */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/**
 * Text for one line of a list, cut between words where that is near. Characters that would not be seen stand there by name,
 * and none turns what stands beside the text.
 */
export function oneLine(text: string, characters: number): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  if (line.length <= characters) return isolatedText(line);
  const cut = line.slice(0, characters);
  const space = cut.lastIndexOf(' ');
  // Never half of a character beyond the first plane.
  const kept = (space > characters * 0.6 ? cut.slice(0, space) : cut).replace(
    /[\uD800-\uDBFF]$/u,
    '',
  );
  return `${isolatedText(kept)}…`;
}

/** A trajectory's number as people see it everywhere: "#07". */
export function trajectoryNumber(index: number): string {
  return `#${String(index).padStart(2, '0')}`;
}

/**
 * A text for a tooltip in Markdown, before VS Code's `appendText`, which leaves to Markdown what this takes away: entities,
 * which would become the characters that they name, and bare addresses, which would become links.
 */
export function inertText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('://', '&colon;//')
    .replace(/\bwww\./giu, (www) => `${www.slice(0, -1)}&period;`)
    .replaceAll('@', '&commat;');
}
