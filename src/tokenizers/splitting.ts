import * as z from 'zod';

/**
 * How a tokenizer splits a text into the pieces that it encodes one by one. Each pattern partitions what it is given; a
 * later one works on the pieces of the one before.
 */
export interface Splitting {
  patterns: readonly RegExp[];
  normalize: boolean;
  /** Finds added tokens, which are cut out of a text before anything else. */
  added: RegExp | undefined;
}

const CONTRACTION = "'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]";
const UPPER = String.raw`\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}`;
const LOWER = String.raw`\p{Ll}\p{Lm}\p{Lo}\p{M}`;
const GPT2 = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;
const IN_TOKENIZER = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";

const chat = (contraction: string, digits: string) =>
  String.raw`${contraction}|[^\r\n\p{L}\p{N}]?\p{L}+|${digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const o200k = (contraction: string) =>
  String.raw`[^\r\n\p{L}\p{N}]?[${UPPER}]*[${LOWER}]+${contraction}?|[^\r\n\p{L}\p{N}]?[${UPPER}]+[${LOWER}]*${contraction}?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

/**
 * Patterns that are known to end a piece at each line break between visible characters, whatever stands further away:
 * none looks behind, and only white space is looked ahead for. By their text in a tokenizer.json; the flag `i` for a part
 * is spelled out, since Node 20 does not know it.
 */
const KNOWN = new Map<string, RegExp>(
  [
    [GPT2, GPT2],
    [chat(IN_TOKENIZER, String.raw`\p{N}{1,3}`), chat(CONTRACTION, String.raw`\p{N}{1,3}`)],
    [chat(IN_TOKENIZER, String.raw`\p{N}`), chat(CONTRACTION, String.raw`\p{N}`)],
    [o200k(IN_TOKENIZER), o200k(`(?:${CONTRACTION})`)],
  ].map(([text = '', pattern = '']) => [text, new RegExp(pattern, 'gu')]),
);
const KNOWN_DIGITS = new Map([
  [String.raw`\p{N}`, /\p{N}|\P{N}+/gu],
  [String.raw`\p{N}{1,3}`, /\p{N}{1,3}|\P{N}+/gu],
]);

const split = z.object({
  type: z.literal('Split'),
  pattern: z.object({ Regex: z.string() }),
  behavior: z.string(),
  invert: z.boolean(),
});
const byteLevel = z.object({
  type: z.literal('ByteLevel'),
  add_prefix_space: z.literal(false),
  use_regex: z.boolean().default(true),
});
const digits = z.object({ type: z.literal('Digits'), individual_digits: z.literal(true) });
const step = z.union([split, byteLevel, digits]);
const tokenizerSchema = z.object({
  normalizer: z.union([z.null(), z.object({ type: z.literal('NFC') })]),
  pre_tokenizer: z.union([
    step.transform((only) => [only]),
    z
      .object({ type: z.literal('Sequence'), pretokenizers: z.array(step) })
      .transform(({ pretokenizers }) => pretokenizers),
  ]),
  model: z.object({ type: z.literal('BPE') }),
  added_tokens: z.array(
    z.object({
      content: z
        .string()
        .min(1)
        .regex(/^[^\n]*$/),
      lstrip: z.literal(false).default(false),
      rstrip: z.literal(false).default(false),
    }),
  ),
});
const configSchema = z.object({
  remove_space: z.literal(false).optional(),
  do_lowercase_and_remove_accent: z.literal(false).optional(),
});

/**
 * The splitting of a byte-level BPE tokenizer whose pieces end at line breaks, or undefined for any other: of that one
 * nothing is known, and only whole texts can be counted.
 */
export function splittingOf(tokenizer: unknown, config: unknown): Splitting | undefined {
  const parsed = tokenizerSchema.safeParse(tokenizer);
  if (!parsed.success || !configSchema.safeParse(config).success) return undefined;
  const { normalizer, pre_tokenizer: steps, added_tokens: added } = parsed.data;
  const patterns: RegExp[] = [];
  for (const each of steps) {
    const pattern = patternOf(each);
    if (pattern === undefined) return undefined;
    if (pattern !== 'whole') patterns.push(pattern);
  }
  const cuts = patterns.some((pattern) => [...KNOWN.values()].includes(pattern));
  if (!cuts || steps.at(-1)?.type !== 'ByteLevel') return undefined;
  const contents = added.map(({ content }) => content.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return {
    patterns,
    normalize: normalizer !== null,
    added: contents.length > 0 ? new RegExp(contents.join('|'), 'u') : undefined,
  };
}

function patternOf(each: z.infer<typeof step>): RegExp | 'whole' | undefined {
  switch (each.type) {
    case 'ByteLevel':
      return each.use_regex ? KNOWN.get(GPT2) : 'whole';
    case 'Digits':
      return KNOWN_DIGITS.get(String.raw`\p{N}`);
    case 'Split': {
      const { pattern, behavior, invert } = each;
      // A pattern that keeps its matches and one that removes all else give the same pieces of a partition.
      if (!(behavior === 'Isolated' && !invert) && !(behavior === 'Removed' && invert))
        return undefined;
      return KNOWN.get(pattern.Regex) ?? (invert ? undefined : KNOWN_DIGITS.get(pattern.Regex));
    }
  }
}
