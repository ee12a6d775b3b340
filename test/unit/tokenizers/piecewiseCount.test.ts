import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Tokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { z } from 'zod';
import { endsLine, startsLine } from '../../../src/tokenizers/tokenCounter.ts';
import { counterFromFile } from '../../../src/tokenizers/tokenizerFile.ts';
import { withFolder } from '../../support/temporary.ts';

const fixture = fileURLToPath(new URL('../../fixtures/synthesis/tokenizer.json', import.meta.url));
const plain = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(fixture, 'utf8')));

const contraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const chat = (digits: string) =>
  String.raw`${contraction}|[^\r\n\p{L}\p{N}]?\p{L}+|${digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const upper = String.raw`\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}`;
const lower = String.raw`\p{Ll}\p{Lm}\p{Lo}\p{M}`;
const o200k = String.raw`[^\r\n\p{L}\p{N}]?[${upper}]*[${lower}]+${contraction}?|[^\r\n\p{L}\p{N}]?[${upper}]+[${lower}]*${contraction}?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const split = (Regex: string, behavior = 'Isolated', invert = false) => ({
  type: 'Split',
  pattern: { Regex },
  behavior,
  invert,
});
const bytes = (use_regex: boolean) => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex,
});
const sequence = (...pretokenizers: object[]) => ({ type: 'Sequence', pretokenizers });

/** As they stand in the tokenizer.json of the models named. */
const PRE_TOKENIZERS = {
  'GPT-2': bytes(true),
  SmolLM2: sequence(split(String.raw`\p{N}`), bytes(true)),
  'SmolLM (Digits)': sequence({ type: 'Digits', individual_digits: true }, bytes(true)),
  'Llama 3': sequence(split(chat(String.raw`\p{N}{1,3}`)), bytes(false)),
  'Qwen 2': sequence(split(chat(String.raw`\p{N}`)), bytes(false)),
  'GPT-4': sequence(split(chat(String.raw`\p{N}{1,3}`), 'Removed', true), bytes(false)),
  'Mistral Nemo': sequence(split(o200k), bytes(false)),
};

const counterOf = (changes: object) =>
  withFolder(async (folder) => {
    const tokenizer = { ...plain, ...changes };
    const path = join(folder, 'tokenizer.json');
    await writeFile(path, JSON.stringify(tokenizer));
    const whole = new Tokenizer(tokenizer, {});
    const { count, addsUpAtLines } = await counterFromFile(path);
    return { count, addsUpAtLines, whole: (text: string) => whole.tokenize(text).length };
  });

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        ...['Passage', ' the', 'he', "'s", "'RE", '7', '1234', ' ', '  ', '\n', '\r\n', '\t', '/'],
        ...[
          '.',
          '...',
          '"',
          '¡',
          'é',
          'e\u0301',
          '🐋',
          '漢字',
          '\u0085',
          '\ufeff',
          '\u00a0',
          '<|end|>',
        ],
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join('')),
);
const runs = { seed: 42, numRuns: 400 };

describe('tokenizers whose pieces are known', () => {
  for (const [name, pre_tokenizer] of Object.entries(PRE_TOKENIZERS))
    for (const normalizer of [null, { type: 'NFC' }])
      test(`${name}${normalizer ? ' with NFC' : ''}: piece by piece gives what the whole gives`, async () => {
        const { count, addsUpAtLines, whole } = await counterOf({ pre_tokenizer, normalizer });
        assert.equal(addsUpAtLines, true);
        fc.assert(
          fc.property(text, (any) => {
            assert.equal(count(any), whole(any));
          }),
          runs,
        );
      });

  for (const [name, pre_tokenizer] of Object.entries(PRE_TOKENIZERS))
    test(`${name}: counts add up where a context's lines meet`, async () => {
      const { whole } = await counterOf({ pre_tokenizer });
      fc.assert(
        fc.property(text, text, (first, second) => {
          fc.pre(first !== '' && second !== '' && endsLine(first) && startsLine(second));
          const parts = ['Passage 9:\n', `${first}\n`, 'Passage 10:\n', second];
          const sum = parts.reduce((total, part) => total + whole(part), 0);
          assert.equal(whole(parts.join('')), sum);
        }),
        runs,
      );
    });
});

test('of any other tokenizer nothing is taken for granted, and it counts as the library does', async () => {
  const added = plain['added_tokens'];
  const [token] = z.array(z.record(z.string(), z.unknown())).parse(added);
  for (const changes of [
    { pre_tokenizer: null },
    { pre_tokenizer: { ...bytes(true), add_prefix_space: true } },
    { pre_tokenizer: sequence(split(String.raw`\s+`), bytes(false)) },
    { pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always' } },
    { normalizer: { type: 'Lowercase' } },
    { added_tokens: [{ ...token, content: 'a\nb' }] },
    { added_tokens: [{ ...token, rstrip: true }] },
  ]) {
    const { count, addsUpAtLines, whole } = await counterOf(changes);
    assert.equal(addsUpAtLines, false, JSON.stringify(changes));
    for (const any of ['', 'Passage 1:\nthe one\n', 'a  b']) assert.equal(count(any), whole(any));
  }
});
