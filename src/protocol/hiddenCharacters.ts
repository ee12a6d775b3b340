/**
 * Characters that a reader does not see although a text holds them: they change the order of what stands around them, part
 * or join words without a trace, or steer a terminal. Texts of models and datasets are shown with a mark in their place.
 */

/** Scripts whose letters need the joiners, so that these are as good as letters there. */
const JOINING = [
  ...['Arabic', 'Syriac', 'Thaana', 'Nko', 'Mongolian', 'Devanagari', 'Bengali', 'Gurmukhi'],
  ...['Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala', 'Tibetan'],
  ...['Khmer', 'Myanmar'],
]
  .map((script) => `\\p{Script=${script}}`)
  .join('');
/** Scripts without spaces, where a space of no width says where a line may break. */
const UNSPACED = ['Thai', 'Lao', 'Khmer', 'Myanmar']
  .map((script) => `\\p{Script=${script}}`)
  .join('');

const HIDDEN = new RegExp(
  [
    // Controls; line breaks and tabs are seen, but for a carriage return alone, which makes a terminal write over the line.
    '[\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F]|\\r(?!\\n)',
    '[\\u00AD\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180E\\u200E\\u200F\\u2028-\\u202E\\u2060-\\u206F\\u3164\\uFEFF\\uFFA0\\uFFF9-\\uFFFB]',
    `(?<![${UNSPACED}])\\u200B`,
    `(?<![${JOINING}])\\u200C`,
    `(?<![${JOINING}])(?<![\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\uFE0F](?=\\u200D\\p{Extended_Pictographic}))\\u200D`,
    // Tags, but for those of a flag; selectors of variants, but for those of a letter of Han.
    '(?<!\\u{1F3F4}[\\u{E0020}-\\u{E007F}]*)[\\u{E0000}-\\u{E007F}]',
    '(?<!\\p{Script=Han})[\\u{E0100}-\\u{E01EF}]',
    '\\p{Surrogate}',
  ].join('|'),
  'gu',
);

/** What people call them: a short name for the mark, and what it is. */
const NAMES: Partial<Record<number, readonly [short: string, long: string]>> = {
  0x00: ['NUL', 'null'],
  0x07: ['BEL', 'bell'],
  0x08: ['BS', 'backspace'],
  0x0b: ['VT', 'vertical tab'],
  0x0c: ['FF', 'form feed'],
  0x0d: ['CR', 'carriage return without a line feed'],
  0x1b: ['ESC', 'escape: begins a command to a terminal'],
  0x7f: ['DEL', 'delete'],
  0x85: ['NEL', 'next line'],
  0x9b: ['CSI', 'begins a command to a terminal'],
  0xad: ['SHY', 'soft hyphen'],
  0x61c: ['ALM', 'Arabic letter mark'],
  0x200b: ['ZWSP', 'space of no width'],
  0x200c: ['ZWNJ', 'non-joiner of no width'],
  0x200d: ['ZWJ', 'joiner of no width'],
  0x200e: ['LRM', 'left-to-right mark'],
  0x200f: ['RLM', 'right-to-left mark'],
  0x2028: ['LS', 'line separator'],
  0x2029: ['PS', 'paragraph separator'],
  0x202a: ['LRE', 'left-to-right embedding'],
  0x202b: ['RLE', 'right-to-left embedding'],
  0x202c: ['PDF', 'end of an embedding or override of direction'],
  0x202d: ['LRO', 'left-to-right override'],
  0x202e: ['RLO', 'right-to-left override'],
  0x2060: ['WJ', 'word joiner'],
  0x2066: ['LRI', 'left-to-right isolate'],
  0x2067: ['RLI', 'right-to-left isolate'],
  0x2068: ['FSI', 'first strong isolate'],
  0x2069: ['PDI', 'end of an isolate of direction'],
  0xfeff: ['BOM', 'byte order mark, or a space of no width'],
};

/** A part of a text: as it is, or one character that would not be seen. */
export type ShownPart =
  | { kind: 'plain'; text: string }
  | {
      kind: 'hidden';
      text: string;
      /** A few letters that stand for it: "RLO". */
      mark: string;
      /** "U+202E, right-to-left override" */
      name: string;
    };

/** A text in parts that, joined, are the text again. */
export function shownParts(text: string): ShownPart[] {
  const parts: ShownPart[] = [];
  let at = 0;
  for (const { 0: hidden, index } of text.matchAll(HIDDEN)) {
    if (index > at) parts.push({ kind: 'plain', text: text.slice(at, index) });
    parts.push({ kind: 'hidden', text: hidden, ...namesOf(hidden) });
    at = index + hidden.length;
  }
  if (at < text.length) parts.push({ kind: 'plain', text: text.slice(at) });
  return parts;
}

/** A text for places that take nothing but characters: hidden ones stand there by their marks, "⟨RLO⟩". */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, (hidden) => `\u27e8${namesOf(hidden).mark}\u27e9`);
}

/** Letters that are written from right to left. */
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** A visible text among words of ours: whatever its direction, they stay where they are. */
export function isolatedText(text: string): string {
  const visible = visibleText(text);
  return RIGHT_TO_LEFT.test(visible) ? `\u2068${visible}\u2069` : visible;
}

function namesOf(hidden: string): { mark: string; name: string } {
  const point = hidden.codePointAt(0) ?? 0;
  const code = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  const [mark, what] = NAMES[point] ?? [code, isHalf(point) ? 'half of a character' : undefined];
  return { mark, name: what === undefined ? `${code}, not seen` : `${code}, ${what}` };
}

function isHalf(point: number): boolean {
  return point >= 0xd800 && point <= 0xdfff;
}
