import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import * as z from 'zod';
import { SealongError, fileError, messageOf } from '../errors.ts';
import { digestOf } from '../study/canonicalHash.ts';
import { readOptional } from '../study/study.ts';
import { piecewiseCount } from './piecewiseCount.ts';
import { splittingOf } from './splitting.ts';
import type { TokenCounter } from './tokenCounter.ts';

const jsonObject = z.record(z.string(), z.unknown());

/**
 * A counter from a `tokenizer.json` of Hugging Face's layout; a `tokenizer_config.json` beside it is heeded. Its id is
 * a digest of the tokenizer, so that a path, a hub id and a copy of the same one are the same.
 *
 * @throws SealongError `no_tokenizer` where there is none, `bad_tokenizer`.
 */
export async function counterFromFile(path: string): Promise<TokenCounter> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const mapped = fileError('read', path, error);
    throw mapped instanceof SealongError && mapped.code === 'missing_file'
      ? new SealongError(
          'no_tokenizer',
          `There is no tokenizer at ${path}. Correct questions.tokenizer in sealong.json, or put the file there.`,
        )
      : mapped;
  }
  const config = await readOptional(join(dirname(path), 'tokenizer_config.json'));
  return counterFromText(text, config ?? '{}', path);
}

function counterFromText(text: string, config: string, path: string): TokenCounter {
  try {
    const parsed = jsonObject.parse(JSON.parse(text));
    const parsedConfig = jsonObject.parse(JSON.parse(config));
    const tokenizer = new Tokenizer(parsed, parsedConfig);
    const whole = (counted: string) => tokenizer.tokenize(counted).length;
    const splitting = splittingOf(parsed, parsedConfig);
    return {
      id: `sha256:${digestOf(text)}`,
      count: splitting ? piecewiseCount(splitting, whole) : whole,
      addsUpAtLines: splitting !== undefined,
      file: path,
    };
  } catch (error) {
    throw new SealongError(
      'bad_tokenizer',
      `${path} is no tokenizer that SeaLong can use (${messageOf(error)}). questions.tokenizer takes a tokenizer.json as Hugging Face's tokenizers write it, or "endpoint".`,
      { cause: error },
    );
  }
}
