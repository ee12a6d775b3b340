import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';

const folder = process.env['SEALONG_EMBEDDED'];

/** What this test uses of node-llama-cpp, which is no dependency of the checkout. */
interface Runtime {
  getLlama(options: { gpu: false; build: 'never' }): Promise<{
    loadModel(options: { modelPath: string; vocabOnly: boolean }): Promise<{
      tokenize(text: string, specialTokens: boolean): readonly number[];
    }>;
  }>;
}

/** The declarations of @huggingface/tokenizers do not resolve under nodenext. */
interface Tokenizers {
  Tokenizer: new (
    json: unknown,
    config: object,
  ) => { encode(text: string, options: { add_special_tokens: boolean }): { ids: number[] } };
}

const texts = [
  '',
  ' ',
  'The lighthouse of Harrow was built in 1874 by A. Morven & Sons.',
  "It's what they'd said: we'll, I'M, you've, can't.",
  '  two leading spaces, trailing  ',
  'line one\nline two\r\n\r\n\tindented\n\n\n',
  '3.14159 12,345 0007 ²³ ½ Ⅷ ٣٤',
  'Plan:\n1. Find the engineer.\n2. Find the college.\n\nSo the answer is Thomas Wye.',
  'naïve café, Zürich, Ελλάδα, Москва, 東京都, 서울, العربية, हिन्दी',
  'emoji 🐋🌊 and 👩‍👩‍👧‍👦, combining e\u0301, zero width\u200bspace, nbsp\u00a0here',
  'const x = a?.b ?? [1, 2]; // code\n\treturn `${x}`;',
  '<|im_start|>user\nWho keeps the light?<|im_end|>\n<|im_start|>assistant\n',
  'a <|im_end|> b<|endoftext|>c <file_sep>d<repo_name> <|not_a_token|>',
];

describe('the tokenizer.json of the embedded model', { skip: skipReason() }, () => {
  let expected: (text: string) => readonly number[];
  let actual: (text: string) => readonly number[];

  before(async () => {
    assert.ok(folder !== undefined);
    const entry = join(folder, 'runtime/node_modules/node-llama-cpp/dist/index.js');
    const runtime = (await import(pathToFileURL(entry).href)) as Runtime;
    const llama = await runtime.getLlama({ gpu: false, build: 'never' });
    const modelPath = join(folder, 'chat/model.gguf');
    const model = await llama.loadModel({ modelPath, vocabOnly: true });
    expected = (text) => model.tokenize(text, true);

    const json = readFileSync(join(folder, 'chat/tokenizer.json'), 'utf8');
    // To the compiler the package is something else: see above.
    const { Tokenizer } = (await import('@huggingface/tokenizers')) as unknown as Tokenizers;
    const tokenizer = new Tokenizer(JSON.parse(json), {});
    actual = (text) => tokenizer.encode(text, { add_special_tokens: false }).ids;
  });

  for (const text of texts) {
    it(`gives the ids of llama.cpp for ${JSON.stringify(text)}`, () => {
      assert.deepEqual(actual(text), [...expected(text)]);
    });
  }

  it('gives the ids of llama.cpp for random text', () => {
    const pieces = fc.oneof(
      fc.constantFrom(...texts, ' ', '\n', '  \n', '<|im_start|>', '<|im_end|>', '7', "'s"),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 6 }), (parts) => {
        const text = parts.join('');
        assert.deepEqual(actual(text), [...expected(text)]);
      }),
      { seed: 42, numRuns: 300 },
    );
  });

  it('knows the tokens of the chat template as one id each', () => {
    assert.deepEqual(actual('<|endoftext|><|im_start|><|im_end|>'), [0, 1, 2]);
  });
});

function skipReason(): string | false {
  return folder === undefined && 'SEALONG_EMBEDDED names no folder of embedded models';
}
