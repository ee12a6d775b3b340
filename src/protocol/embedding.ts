/**
 * Every message between the host and an embedding worker. Each request carries a number and is settled by exactly one
 * message with the same number that is not `progress`; also when the worker closes, which settles what waits with
 * `embedder_closed`.
 */

/** A model in a local folder, in the layout of transformers.js, with how to use it. */
export interface WorkerModel {
  folder: string;
  pooling: 'mean' | 'cls';
  prefix: string;
  maxTokens: number | null;
  /** ONNX output with one vector a token, where it is known. */
  output: string | null;
  /** Value of the ONNX input `task_id`, for models that have one. */
  taskId: number | null;
  /** Whether the weights lie in a second file, `model.onnx_data`. */
  externalData: boolean;
}

/** A model on a hub, kept in `cacheDir`. */
export interface WorkerHubModel {
  hubId: string;
  revision: string;
  cacheDir: string;
  /** Base address of the hub; transformers.js's own where absent. */
  host?: string;
}

export interface HubFile {
  path: string;
  /** Null where the hub does not say. */
  bytes: number | null;
  /** Changes with the content (ETag). */
  tag: string | null;
}

/** What a download would bring. */
export interface HubDownload {
  hubId: string;
  revision: string;
  host: string;
  files: HubFile[];
  /** Sum over the files whose size the hub says. */
  bytes: number;
}

/** The tokens of a text, special ones included, in memory that all threads share. */
export interface TokenVectors {
  /** Row-major [tokens, dimensions], each of length 1. */
  vectors: Float32Array;
  dimensions: number;
  /** 1 for a token that counts, 0 for a special one. */
  weights: Uint8Array;
}

export type EmbeddingRequest =
  /** Loads tokenizer and weights; texts can be embedded after that. */
  | { type: 'open'; model: WorkerModel }
  | { type: 'embed'; text: string }
  /** Vectors of the single tokens; the model's prefix is left out. */
  | { type: 'tokens'; text: string }
  /** BERTScore F1 of a candidate with each reference. */
  | { type: 'match'; candidate: TokenVectors; references: readonly TokenVectors[] }
  | { type: 'describe'; hub: WorkerHubModel }
  /** Fetches what is missing, going on where an earlier download stopped. */
  | { type: 'download'; hub: WorkerHubModel };

export type ToEmbeddingWorker =
  | { type: 'request'; request: number; body: EmbeddingRequest }
  /** Ends a download in progress; a text in work is let end. */
  | { type: 'cancel'; request: number }
  /** Settles everything, frees the model and closes the port; the worker then ends by itself. */
  | { type: 'close' };

export type EmbeddingReply =
  | { type: 'opened' }
  | { type: 'embedded'; vector: Float32Array<ArrayBuffer>; tokens: number; truncated: boolean }
  | { type: 'tokens'; tokens: TokenVectors; truncated: boolean }
  | { type: 'matched'; f1: Float64Array<ArrayBuffer> }
  | { type: 'described'; download: HubDownload }
  | { type: 'downloaded'; folder: string };

export interface DownloadProgress {
  /** Base address of the hub. */
  host: string;
  file: string;
  doneBytes: number;
  totalBytes: number;
}

export type FromEmbeddingWorker =
  | { type: 'reply'; request: number; reply: EmbeddingReply }
  | { type: 'failed'; request: number; error: { code: string; message: string } }
  | { type: 'progress'; request: number; progress: DownloadProgress };
