import { AutoModel, AutoTokenizer, env, LogLevel, Tensor } from '@huggingface/transformers';
import { SealongError } from '../../errors.ts';
import type { TokenVectors, WorkerModel } from '../../protocol/embedding.ts';
import { normalise } from './pooling.ts';
import { specialTokensOf, truncate, type SpecialTokens } from './truncation.ts';

export interface EncodedText {
  /** Row-major [tokens kept, dimensions], special tokens included. */
  vectors: Float32Array;
  dimensions: number;
  ids: readonly number[];
  /** Tokens of the whole text, special tokens included. */
  tokens: number;
  truncated: boolean;
}

type Tokenizer = Awaited<ReturnType<typeof AutoTokenizer.from_pretrained>>;
type Model = Awaited<ReturnType<typeof AutoModel.from_pretrained>>;

/** Names of ONNX outputs that hold one vector a token, as the usual exporters write them. */
const TOKEN_OUTPUTS = ['last_hidden_state', 'token_embeddings', 'text_embeds'];

/** A model in memory: one vector for each token of a text. Runs on one thread and blocks it while it does. */
export class Encoder {
  readonly #model: Model;
  readonly #tokenizer: Tokenizer;
  readonly #special: SpecialTokens;
  readonly #use: WorkerModel;

  private constructor(model: Model, tokenizer: Tokenizer, use: WorkerModel) {
    this.#model = model;
    this.#tokenizer = tokenizer;
    this.#use = use;
    this.#special = specialTokensOf(tokenizer.encode('a'), plainTokens(tokenizer, 'a'));
  }

  /** Loads a model from its folder; nothing is fetched. */
  static async open(use: WorkerModel): Promise<Encoder> {
    env.logLevel = LogLevel.NONE;
    env.allowRemoteModels = false;
    env.useFSCache = false;
    const tokenizer = await AutoTokenizer.from_pretrained(use.folder);
    const model = await AutoModel.from_pretrained(use.folder, {
      dtype: 'fp32',
      device: 'cpu',
      use_external_data_format: use.externalData,
      session_options: { intraOpNumThreads: 1, interOpNumThreads: 1 },
    });
    return new Encoder(model, tokenizer, use);
  }

  async encode(text: string, prefix = this.#use.prefix): Promise<EncodedText> {
    const { maxTokens, taskId } = this.#use;
    // sentence-transformers strips texts too; to tokenizers that keep spaces a last newline is a token.
    const content = plainTokens(this.#tokenizer, prefix + text.trim());
    const { ids, tokens, truncated } = truncate(content, this.#special, maxTokens);
    if (ids.length === 0)
      throw new SealongError(
        'bad_model',
        'The tokenizer gives no token for an empty text, so the model has nothing to embed.',
      );
    const shape = [1, ids.length];
    const outputs: unknown = await this.#model({
      input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), shape),
      attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), shape),
      ...(taskId !== null && {
        task_id: new Tensor('int64', BigInt64Array.of(BigInt(taskId)), []),
      }),
    });
    const { vectors, dimensions } = this.#tokenVectors(outputs, ids.length);
    return { vectors, dimensions, ids, tokens, truncated };
  }

  /** The vectors of single tokens for BERTScore: no prefix, unit length. */
  async tokenVectors(text: string): Promise<{ tokens: TokenVectors; truncated: boolean }> {
    const { vectors, dimensions, ids, truncated } = await this.encode(text, '');
    const special = new Set([...this.#special.before, ...this.#special.after]);
    const shared = new Float32Array(new SharedArrayBuffer(vectors.byteLength));
    shared.set(vectors);
    for (let start = 0; start < shared.length; start += dimensions)
      normalise(shared.subarray(start, start + dimensions));
    const weights = new Uint8Array(new SharedArrayBuffer(ids.length));
    weights.set(ids.map((id) => (special.has(id) ? 0 : 1)));
    return { tokens: { vectors: shared, dimensions, weights }, truncated };
  }

  async dispose(): Promise<void> {
    await this.#model.dispose();
  }

  #tokenVectors(outputs: unknown, length: number): { vectors: Float32Array; dimensions: number } {
    const named = new Map(
      typeof outputs === 'object' && outputs !== null
        ? Object.entries(outputs).map(([name, value]): [string, unknown] => [name, value])
        : [],
    );
    for (const name of [this.#use.output, ...TOKEN_OUTPUTS]) {
      const tensor = named.get(name ?? '');
      if (!(tensor instanceof Tensor) || !(tensor.data instanceof Float32Array)) continue;
      const [batch, tokens, dimensions] = tensor.dims;
      if (batch === 1 && tokens === length && dimensions !== undefined && tensor.dims.length === 3)
        return { vectors: tensor.data, dimensions };
    }
    throw new SealongError(
      'bad_model',
      `The model in ${this.#use.folder} gives no float32 output [1, tokens, dimensions] of a known name; it gives: ${[...named.keys()].join(', ') || 'nothing'}. Export it for the task feature-extraction.`,
    );
  }
}

function plainTokens(tokenizer: Tokenizer, text: string): number[] {
  return tokenizer.encode(text, { add_special_tokens: false });
}
