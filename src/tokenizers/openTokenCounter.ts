import { isAbsolute, join, resolve } from 'node:path';
import type { EndpointProfile } from '../endpoint/endpointProfile.ts';
import { SealongError } from '../errors.ts';
import { exists, type Study } from '../study/study.ts';
import { endpointCounter } from './endpointCounter.ts';
import { hubTokenizerFile, isHubId, type HubOptions } from './hubTokenizer.ts';
import type { TokenCounter } from './tokenCounter.ts';
import { counterFromFile } from './tokenizerFile.ts';

/** What counting needs of this machine and this user. */
export interface CounterEnvironment extends HubOptions {
  /** Folder of the embedded models, where they are set up. */
  embeddedFolder?: string;
  /** The server that this run uses, where there is one: its base URL, with or without `/v1`. */
  endpoint?: Pick<EndpointProfile, 'baseUrl'>;
  apiKey?: string;
}

/**
 * The counter that `questions.tokenizer` of a study names; where it names none, the tokenizer of `sampling.model` on the
 * hub. A number of tokens is never estimated.
 *
 * @throws SealongError `no_tokenizer`, `bad_tokenizer`, with the ways out.
 */
export async function openTokenCounter(
  study: Study,
  environment: CounterEnvironment,
  signal?: AbortSignal,
): Promise<TokenCounter> {
  const { model } = study.config.sampling;
  const setting = study.config.questions.tokenizer;
  if (setting === 'endpoint') {
    const { endpoint, apiKey } = environment;
    if (endpoint !== undefined)
      return endpointCounter(model, { url: endpoint.baseUrl, apiKey }, signal);
    throw new SealongError(
      'no_tokenizer',
      'questions.tokenizer is "endpoint", but no server is named. Name one with --endpoint URL or the setting of the editor.',
    );
  }
  if (setting === 'embedded') {
    if (environment.embeddedFolder !== undefined)
      return counterFromFile(join(environment.embeddedFolder, 'chat', 'tokenizer.json'));
    throw new SealongError(
      'no_tokenizer',
      'questions.tokenizer is "embedded", but the embedded model is not set up here. "npm start" sets it up; otherwise set questions.tokenizer in sealong.json to a hub id, the path of a tokenizer.json or "endpoint".',
    );
  }
  const path = setting === undefined ? undefined : await pathOf(setting, study.dir);
  if (path !== undefined) return counterFromFile(path);
  const id = setting ?? model;
  if (!isHubId(id))
    throw new SealongError(
      'no_tokenizer',
      `No tokenizer is known for the model "${id}". Set questions.tokenizer in sealong.json to a hub id, the path of a tokenizer.json, "endpoint" or "embedded".`,
    );
  return counterFromFile(await hubTokenizerFile(id, environment, signal));
}

/** The path that a setting names: of a file, or of a folder with a `tokenizer.json`; undefined where it is a hub id. */
async function pathOf(setting: string, studyDir: string): Promise<string | undefined> {
  const path = resolve(studyDir, setting);
  if (setting.endsWith('.json')) return path;
  const inFolder = join(path, 'tokenizer.json');
  const plainlyPath = isAbsolute(setting) || /^\.{0,2}[/\\]|^\.{1,2}$/.test(setting);
  return plainlyPath || (await exists(inFolder)) ? inFolder : undefined;
}
