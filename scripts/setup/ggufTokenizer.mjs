import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// Values of tokenizer.ggml.token_type, as in llama.cpp's llama.h.
const controlToken = 3;
const userDefinedToken = 4;

/**
 * The tokenizer of a GGUF file in the layout of tokenizer.json. Only for byte-level BPE with the
 * "smollm" pre-tokeniser: each digit stands alone, then GPT-2's pattern.
 */
export async function tokenizerFromGguf(runtimeFolder, file) {
  const entry = join(runtimeFolder, 'node_modules/node-llama-cpp/dist/index.js');
  const { readGgufFileInfo } = await import(pathToFileURL(entry).href);
  const { metadata } = await readGgufFileInfo(file);
  const { model, pre, tokens, token_type: types, merges } = metadata.tokenizer.ggml;
  if (model !== 'gpt2' || pre !== 'smollm') {
    throw new Error(`${file} has a ${model}/${pre} tokenizer, where gpt2/smollm is expected.`);
  }
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: tokens.flatMap((content, id) => addedToken(content, id, types[id])),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        // Not "Digits", which in JavaScript means 0-9 and elsewhere every numeric character.
        { type: 'Split', pattern: { Regex: '\\p{N}' }, behavior: 'Isolated', invert: false },
        { ...byteLevel, use_regex: true },
      ],
    },
    post_processor: null,
    decoder: { ...byteLevel, add_prefix_space: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  };
}

function addedToken(content, id, type) {
  if (type !== controlToken && type !== userDefinedToken) {
    return [];
  }
  const special = type === controlToken;
  const exact = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  return [{ id, content, ...exact, special }];
}
