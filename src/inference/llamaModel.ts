import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf, SealongError } from '../errors.ts';
import { readChatTemplate, renderChat, type ChatTemplate } from './chatTemplate.ts';
import { choiceSeed } from './choiceSeed.ts';
import { ChoiceText } from './choiceText.ts';
import type {
  ChatMessage,
  FinishReason,
  GenerationEvent,
  GenerationRequest,
  LanguageModel,
} from './languageModel.ts';
import {
  checkWeights,
  loadLlamaModule,
  type Llama,
  type LlamaSequence,
  type LlamaWeights,
} from './llamaBinding.ts';
import { SequencePool } from './sequencePool.ts';
import { TokenDecoder } from './tokenDecoder.ts';

export interface LlamaModelOptions {
  /** Folder whose `node_modules` holds node-llama-cpp. */
  runtimeFolder: string;
  /** The GGUF. */
  modelFile: string;
  id: string;
  contextTokens: number;
  /**
   * Threads that compute; default 1 on two cores, otherwise at most 4 and one core left free. llama.cpp's threads
   * spin while they wait for each other: on two busy cores, two of them gave 6 tokens/s where one gave 50.
   */
  threads?: number;
}

/** A choice being generated. */
interface Running {
  choice: number;
  sequence: LlamaSequence;
  tokens: AsyncGenerator<number, void>;
  decoder: TokenDecoder;
  text: ChoiceText;
  count: number;
}

/**
 * Loads a GGUF with node-llama-cpp, on the CPU.
 *
 * @throws SealongError `runtime_missing`, `runtime_unsupported`, `model_unreadable`, `unsupported_chat_template`.
 */
export async function loadLlamaModel(options: LlamaModelOptions): Promise<LanguageModel> {
  const { getLlama } = await loadLlamaModule(options.runtimeFolder);
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    progressLogs: false,
    maxThreads: options.threads ?? defaultThreads(),
  });
  let weights: LlamaWeights;
  try {
    weights = await llama.loadModel({ modelPath: options.modelFile });
  } catch (cause) {
    await llama.dispose();
    throw new SealongError(
      'model_unreadable',
      `Could not load the model ${options.modelFile}: ${messageOf(cause)}. Delete it and run the set-up again (npm start).`,
      { cause },
    );
  }
  checkWeights(weights, options.runtimeFolder);
  const template = readChatTemplate(templateSource(weights.fileInfo.metadata), options.modelFile);
  return new LlamaModel(llama, weights, template, options);
}

class LlamaModel implements LanguageModel {
  readonly id: string;
  readonly contextTokens: number;
  readonly #llama: Llama;
  readonly #weights: LlamaWeights;
  readonly #template: ChatTemplate;
  readonly #runtimeFolder: string;
  #pool: SequencePool | undefined;

  constructor(
    llama: Llama,
    weights: LlamaWeights,
    template: ChatTemplate,
    options: LlamaModelOptions,
  ) {
    this.id = options.id;
    this.contextTokens = Math.min(options.contextTokens, weights.trainContextSize);
    this.#llama = llama;
    this.#weights = weights;
    this.#template = template;
    this.#runtimeFolder = options.runtimeFolder;
  }

  tokenize(text: string): readonly number[] {
    return this.#weights.tokenize(text, false);
  }

  applyChatTemplate(messages: readonly ChatMessage[]): readonly number[] {
    return renderChat(this.#template, messages).flatMap((part) =>
      'text' in part
        ? this.#weights.tokenize(part.text, false)
        : this.#weights.tokenize(part.control, true),
    );
  }

  async *generate(
    request: GenerationRequest,
    signal: AbortSignal,
  ): AsyncGenerator<GenerationEvent, void> {
    const prefix = request.prompt.slice(0, -1);
    const last = request.prompt.slice(-1);
    const pool = await this.#poolFor(request.prompt.length + request.maxTokens);
    const { sequences, knownTokens } = await pool.prepare(prefix, request.choices, signal);
    yield {
      type: 'prompt',
      cachedTokens: knownTokens,
      computedTokens: request.prompt.length - knownTokens,
    };

    const free = [...sequences];
    let running: Running[] = [];
    let nextChoice = 0;
    try {
      for (;;) {
        while (nextChoice < request.choices) {
          const sequence = free.shift();
          if (!sequence) break;
          running.push(this.#start(request, nextChoice++, sequence, last));
        }
        if (running.length === 0) return;
        signal.throwIfAborted();
        // All at once: the library puts what is asked for in one turn of the event loop into one batch.
        const steps = await Promise.all(running.map(({ tokens }) => tokens.next()));
        const still: Running[] = [];
        for (const [at, run] of running.entries()) {
          const step = steps[at];
          const { text, finishReason } = advance(
            run,
            step?.done ? undefined : step?.value,
            request,
          );
          if (text !== '') yield { type: 'delta', choice: run.choice, text };
          if (finishReason === undefined) {
            still.push(run);
            continue;
          }
          yield { type: 'end', choice: run.choice, finishReason, completionTokens: run.count };
          await finish(pool, run, prefix.length);
          free.push(run.sequence);
        }
        running = still;
        // A turn for the sockets, so that a client that went away is seen.
        await nextTurn();
      }
    } finally {
      for (const run of running) await finish(pool, run, prefix.length);
    }
  }

  async dispose(): Promise<void> {
    await this.#pool?.dispose();
    this.#pool = undefined;
    await this.#llama.dispose();
  }

  #start(
    request: GenerationRequest,
    choice: number,
    sequence: LlamaSequence,
    last: number[],
  ): Running {
    return {
      choice,
      sequence,
      tokens: sequence.evaluate(last, {
        temperature: request.temperature,
        topK: 0,
        topP: request.topP,
        seed: choiceSeed(request.seed, choice),
      }),
      decoder: new TokenDecoder((tokens) => this.#weights.detokenize(tokens, false)),
      text: new ChoiceText(request.stop),
      count: 0,
    };
  }

  async #poolFor(tokens: number): Promise<SequencePool> {
    const size = SequencePool.sizeFor(tokens, this.contextTokens);
    if (this.#pool?.tokensPerSequence !== size) {
      await this.#pool?.dispose();
      this.#pool = undefined;
      this.#pool = await SequencePool.create(this.#weights, size, this.#runtimeFolder);
    }
    return this.#pool;
  }
}

/** Takes the next token of a choice; undefined is the model's own end. */
function advance(
  run: Running,
  token: number | undefined,
  request: GenerationRequest,
): { text: string; finishReason: FinishReason | undefined } {
  if (token !== undefined) run.count++;
  const piece = token === undefined ? '' : run.decoder.push(token);
  let text = run.text.push(piece);
  const last = token === undefined || run.count >= request.maxTokens;
  if (last && !run.text.stopped) text += run.text.push(run.decoder.end());
  if (run.text.stopped) return { text, finishReason: 'stop' };
  if (!last) return { text, finishReason: undefined };
  return { text: text + run.text.end(), finishReason: token === undefined ? 'stop' : 'length' };
}

/** Leaves the sequence as the next choice or request wants it: holding the prompt. */
async function finish(pool: SequencePool, run: Running, prefixTokens: number): Promise<void> {
  await run.tokens.return();
  await pool.rewind(run.sequence, prefixTokens);
}

function templateSource(metadata: unknown): unknown {
  const tokenizer = property(metadata, 'tokenizer');
  return property(tokenizer, 'chat_template');
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function defaultThreads(): number {
  return Math.max(1, Math.min(4, availableParallelism() - 1));
}
