import { join } from 'node:path';
import { SealongError, messageOf, systemCodeOf } from '../errors.ts';
import { writeAtomic } from '../records/writeAtomic.ts';
import { exists } from '../study/study.ts';

export interface HubOptions {
  /** Where models from a hub are kept; tokenizers in a folder of their own. */
  modelCache: string;
  /** Whether the user agreed to downloads. */
  allowDownload: boolean;
  /** Address of the hub; that of transformers.js where absent. */
  hubUrl?: string;
  /** For models whose files are given out only to those who accepted their licence. */
  hubToken?: string;
}

const HUB_ID = /^[\w-][\w.-]*(\/[\w-][\w.-]*)?$/;
const TIMEOUT_MS = 5 * 60_000;
const ELSE =
  'Otherwise set questions.tokenizer in sealong.json to the path of a tokenizer.json, to "endpoint" (counted by the server) or to "embedded".';

export function isHubId(text: string): boolean {
  return HUB_ID.test(text) && !text.includes('..');
}

/**
 * The path of a hub model's `tokenizer.json` on this machine, fetched on first use.
 *
 * @throws SealongError `no_tokenizer` where it is not here and cannot be had, with the reason and the ways out.
 */
export async function hubTokenizerFile(
  model: string,
  options: HubOptions,
  signal?: AbortSignal,
): Promise<string> {
  const folder = join(options.modelCache, 'tokenizers', model.replace('/', '--'));
  const path = join(folder, 'tokenizer.json');
  if (await exists(path)) return path;
  if (!options.allowDownload)
    throw new SealongError(
      'no_tokenizer',
      `The tokenizer of ${model} is not on this machine, and downloads are not allowed. Allow the download (a few MB from the model hub). ${ELSE}`,
    );
  const address = `${(options.hubUrl ?? (await defaultHub())).replace(/\/+$/, '')}/${model}/resolve/main/`;
  const config = await download(new URL('tokenizer_config.json', address), model, options, signal);
  const tokenizer = await download(new URL('tokenizer.json', address), model, options, signal);
  if (tokenizer === undefined)
    throw new SealongError('no_tokenizer', `${model} has no tokenizer.json at ${address}. ${ELSE}`);
  if (config !== undefined) await writeAtomic(join(folder, 'tokenizer_config.json'), config);
  // The last to be written: where it is, the folder is complete.
  await writeAtomic(path, tokenizer);
  return path;
}

/** The text of a JSON file, or undefined where there is none. */
async function download(
  url: URL,
  model: string,
  { hubToken }: HubOptions,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const failed = (why: string, cause?: unknown) =>
    new SealongError(
      'no_tokenizer',
      `The tokenizer of ${model} could not be fetched from ${url.origin}: ${why} ${ELSE}`,
      { cause },
    );
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let text: string;
  try {
    const response = await fetch(url, {
      headers: hubToken === undefined ? {} : { authorization: `Bearer ${hubToken}` },
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    text = await response.text();
    if (response.status === 404) return undefined;
    // The hub answers 401 also for a model that does not exist.
    if (response.status === 401 || response.status === 403)
      throw failed(
        `it answered ${response.status}. Check the name; if the model asks you to accept its licence, do so on the hub and set HF_TOKEN.`,
      );
    if (!response.ok) throw failed(`it answered ${response.status}. Try again later.`);
  } catch (error) {
    if (error instanceof SealongError || signal?.aborted) throw error;
    throw failed(`${systemCodeOf(error) ?? messageOf(error)}. Check the network.`, error);
  }
  try {
    JSON.parse(text);
  } catch (error) {
    throw failed('its answer is not JSON (a proxy or a login page?).', error);
  }
  return text;
}

async function defaultHub(): Promise<string> {
  // Loads the ONNX runtime too, so only when something is to be fetched.
  const { env } = await import('@huggingface/transformers');
  return env.remoteHost;
}
