import { createHash } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { SealongError, fileError, systemCodeOf } from '../../errors.ts';
import type { WorkerModel } from '../../protocol/embedding.ts';
import { knownModel, taskOf, type Pooling } from './models.ts';

/** The files of a model, in the layout of transformers.js. */
export const MODEL_FILES = {
  config: 'config.json',
  tokenizer: 'tokenizer.json',
  tokenizerConfig: 'tokenizer_config.json',
  weights: 'onnx/model.onnx',
} as const;
/** Weights above 2 GB lie in a file beside the graph. */
export const EXTERNAL_DATA = 'onnx/model.onnx_data';
/** How sentence-transformers says what a model wants; used for models without a row in models.ts. */
export const SENTENCE_FILES = ['sentence_bert_config.json', '1_Pooling/config.json'] as const;

export interface LocalModel {
  /** See `Embedder.id`. */
  id: string;
  /** Size of the weights. */
  bytes: number;
  use: WorkerModel;
}

const configSchema = z.looseObject({ _name_or_path: z.string().optional() });
const nameSchema = z.looseObject({ id: z.string().optional() });
const tokenizerConfigSchema = z.looseObject({ model_max_length: z.number().optional() });
const sentenceSchema = z.looseObject({ max_seq_length: z.number().int().positive().optional() });
const poolingSchema = z.looseObject({
  pooling_mode_cls_token: z.boolean().optional(),
  pooling_mode_mean_tokens: z.boolean().optional(),
});

/** Tokenizers without a limit say 1e30. */
const NO_LIMIT = 1e6;

/**
 * Looks at a model's folder without loading it: what it is, how to use it, and an id that changes with its content.
 *
 * @param name what the user calls it; the folder's own name is tried too.
 * @throws SealongError `missing_file`, `not_a_folder`, `not_transformers_js`, `bad_model`, `unknown_task`.
 */
export async function readModelFolder(
  folder: string,
  task: string,
  name = folder,
): Promise<LocalModel> {
  const dir = resolve(folder);
  await checkLayout(dir);
  const config = await readJson(dir, MODEL_FILES.config, configSchema);
  const tokenizerConfig = await readJson(dir, MODEL_FILES.tokenizerConfig, tokenizerConfigSchema);
  const named = await readOptionalJson(dir, 'model.json', nameSchema);

  const candidates = [named?.id, name, dir, config._name_or_path];
  const known = candidates
    .filter((candidate) => candidate !== undefined)
    .map(knownModel)
    .find((model) => model !== undefined);
  const sentence = known
    ? undefined
    : await readOptionalJson(dir, SENTENCE_FILES[0], sentenceSchema);
  const limit = tokenizerConfig.model_max_length ?? NO_LIMIT;
  const maxTokens =
    known?.maxTokens ?? sentence?.max_seq_length ?? (limit < NO_LIMIT ? limit : null);
  const pooling = known?.pooling ?? (await poolingOf(dir));
  const chosenTask = taskOf(known, task);
  const prefix = chosenTask?.prefix ?? known?.prefix ?? '';
  const dataBytes = await sizeOf(join(dir, EXTERNAL_DATA));
  const bytes = ((await sizeOf(join(dir, MODEL_FILES.weights))) ?? 0) + (dataBytes ?? 0);

  const parts = [
    'fp32',
    pooling,
    `max ${maxTokens ?? 'none'}`,
    ...(chosenTask ? [`task ${task}`] : []),
    ...(prefix ? [`prefix ${JSON.stringify(prefix)}`] : []),
  ];
  return {
    id: `${known?.name ?? 'model'}@${await contentDigest(dir)} (${parts.join(', ')})`,
    bytes,
    use: {
      folder: dir,
      pooling,
      prefix,
      maxTokens,
      output: known?.output ?? null,
      taskId: chosenTask?.id ?? null,
      externalData: dataBytes !== undefined,
    },
  };
}

async function checkLayout(dir: string): Promise<void> {
  const found = await stat(dir).catch((error: unknown) => {
    throw fileError('open the model folder', dir, error);
  });
  if (!found.isDirectory())
    throw new SealongError(
      'not_a_folder',
      `The model ${dir} is a file. Name the folder that holds config.json, tokenizer.json and onnx/model.onnx.`,
    );
  const present = async (path: string) => (await sizeOf(join(dir, path))) !== undefined;
  if (!(await present(MODEL_FILES.weights))) {
    const other = await firstOf(['model.onnx', 'model.safetensors', 'pytorch_model.bin'], present);
    if (other !== undefined)
      throw new SealongError(
        'not_transformers_js',
        `The model folder ${dir} is not in the layout of transformers.js: it holds ${other}, but no ${MODEL_FILES.weights}. ${
          other === 'model.onnx'
            ? `Move ${other} into a folder onnx/ there.`
            : 'Export it to ONNX (optimum-cli export onnx --task feature-extraction) and put model.onnx into a folder onnx/ there.'
        }`,
      );
  }
  for (const file of Object.values(MODEL_FILES))
    if (!(await present(file)))
      throw new SealongError(
        'missing_file',
        `The model folder ${dir} lacks ${file}. A model in the layout of transformers.js has ${Object.values(MODEL_FILES).join(', ')}.`,
      );
}

async function firstOf(
  paths: readonly string[],
  present: (path: string) => Promise<boolean>,
): Promise<string | undefined> {
  for (const path of paths) if (await present(path)) return path;
  return undefined;
}

async function poolingOf(dir: string): Promise<Pooling> {
  const said = await readOptionalJson(dir, SENTENCE_FILES[1], poolingSchema);
  return said?.pooling_mode_cls_token === true && said.pooling_mode_mean_tokens !== true
    ? 'cls'
    : 'mean';
}

const SAMPLE_BYTES = 64 * 1024;
const SAMPLES = 32;

/**
 * Identifies the content of a model: the small files whole, of the weights their size and evenly spread samples, since
 * hashing gigabytes would take longer than most runs. Weights that differ anywhere differ nearly everywhere.
 */
async function contentDigest(dir: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of [MODEL_FILES.tokenizer, MODEL_FILES.config])
    hash.update(await readFile(join(dir, file)));
  for (const file of [MODEL_FILES.weights, EXTERNAL_DATA]) {
    const size = await sizeOf(join(dir, file));
    if (size === undefined) continue;
    hash.update(`${file}:${size}`);
    const handle = await open(join(dir, file));
    try {
      const buffer = Buffer.alloc(SAMPLE_BYTES);
      for (let sample = 0; sample < SAMPLES; sample++) {
        const at = Math.floor((Math.max(0, size - SAMPLE_BYTES) * sample) / (SAMPLES - 1));
        const { bytesRead } = await handle.read(buffer, 0, SAMPLE_BYTES, at);
        hash.update(buffer.subarray(0, bytesRead));
      }
    } finally {
      await handle.close();
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function readJson<T>(dir: string, file: string, schema: z.ZodType<T>): Promise<T> {
  const path = join(dir, file);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw fileError('read', path, error);
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new SealongError(
      'bad_model',
      `${path} is damaged: it is not the JSON of a model. Fetch the model again.`,
      { cause: error },
    );
  }
}

async function readOptionalJson<T>(
  dir: string,
  file: string,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  return (await sizeOf(join(dir, file))) === undefined ? undefined : readJson(dir, file, schema);
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw fileError('read', path, error);
  }
}
