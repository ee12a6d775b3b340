import { SealongError } from '../../errors.ts';

export type Pooling = 'mean' | 'cls';

/** A task of a model with one adapter per task. */
export interface ModelTask {
  /** Value of the ONNX input `task_id`. */
  id: number;
  prefix: string;
}

/** How a model wants to be used, as its authors publish it. */
export interface EmbeddingModel {
  name: string;
  /** Matched against the last part of a hub id or folder. */
  pattern: RegExp;
  pooling: Pooling;
  /** Put before every text. */
  prefix: string;
  /** Longest text in tokens, special tokens included. */
  maxTokens: number;
  /** ONNX output with one vector a token. */
  output: string;
  dtype: 'fp32';
  /** Approximate size of the fp32 files, in bytes; null where it differs within the family. */
  downloadBytes: number | null;
  tasks?: Readonly<Record<string, ModelTask>>;
}

const GB = 1e9;
const MB = 1e6;

/** Adding a model is adding a row. The order counts: the first pattern that matches is taken. */
export const EMBEDDING_MODELS: readonly EmbeddingModel[] = [
  {
    name: 'all-MiniLM-L6-v2',
    pattern: /^all-minilm-l6-v2$/i,
    pooling: 'mean',
    prefix: '',
    maxTokens: 256,
    output: 'last_hidden_state',
    dtype: 'fp32',
    downloadBytes: 91 * MB,
  },
  {
    name: 'jina-embeddings-v3',
    pattern: /^jina-embeddings-v3$/i,
    pooling: 'mean',
    prefix: '',
    maxTokens: 8192,
    output: 'text_embeds',
    dtype: 'fp32',
    downloadBytes: 2.3 * GB,
    // In the order of lora_adaptations in its config.json.
    tasks: {
      'retrieval.query': {
        id: 0,
        prefix: 'Represent the query for retrieving evidence documents: ',
      },
      'retrieval.passage': { id: 1, prefix: 'Represent the document for retrieval: ' },
      separation: { id: 2, prefix: '' },
      classification: { id: 3, prefix: '' },
      'text-matching': { id: 4, prefix: '' },
    },
  },
  {
    name: 'mxbai-embed-large-v1',
    pattern: /^mxbai-embed-large-v1$/i,
    pooling: 'cls',
    prefix: '',
    maxTokens: 512,
    output: 'last_hidden_state',
    dtype: 'fp32',
    downloadBytes: 1.34 * GB,
  },
  {
    name: 'bge-en-v1.5',
    pattern: /^bge-(small|base|large)-en-v1\.5$/i,
    pooling: 'cls',
    prefix: '',
    maxTokens: 512,
    output: 'last_hidden_state',
    dtype: 'fp32',
    downloadBytes: null,
  },
  {
    name: 'e5',
    pattern: /^(multilingual-)?e5-(small|base|large)(-v2)?$/i,
    pooling: 'mean',
    // Its authors ask for this prefix on both sides of a symmetric comparison.
    prefix: 'query: ',
    maxTokens: 512,
    output: 'last_hidden_state',
    dtype: 'fp32',
    downloadBytes: null,
  },
];

/** The row for a hub id, a folder or a model name of a server, by its last part. */
export function knownModel(name: string): EmbeddingModel | undefined {
  const last = name.split(/[/\\]/).filter(Boolean).at(-1) ?? '';
  return EMBEDDING_MODELS.find(({ pattern }) => pattern.test(last));
}

/**
 * The task of that name, or undefined where the model has no tasks and the name means nothing to it.
 *
 * @throws SealongError `unknown_task` where the model has tasks and this is none of them.
 */
export function taskOf(model: EmbeddingModel | undefined, task: string): ModelTask | undefined {
  if (!model?.tasks) return undefined;
  const found = Object.entries(model.tasks).find(([name]) => name === task)?.[1];
  if (found) return found;
  throw new SealongError(
    'unknown_task',
    `The model ${model.name} has no task "${task}". Set scoring.embedding.task in sealong.json to one of: ${Object.keys(model.tasks).join(', ')}.`,
  );
}
