import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf, SealongError } from '../errors.ts';

/**
 * What we use of node-llama-cpp 3.22. It is no dependency of this package: its prebuilt binaries (85 MB) come with
 * the set-up, and an installed extension does without them.
 */
export interface LlamaModule {
  getLlama: (options: {
    gpu: false;
    /** Only the prebuilt binaries: it would otherwise download and compile llama.cpp. */
    build: 'never';
    progressLogs: false;
    /** 0 is all cores. */
    maxThreads: number;
  }) => Promise<Llama>;
}

export interface Llama {
  readonly cpuMathCores: number;
  loadModel: (options: { modelPath: string }) => Promise<LlamaWeights>;
  dispose: () => Promise<void>;
}

export interface LlamaWeights {
  /** The metadata of the GGUF; its chat template is read from it. */
  readonly fileInfo: { readonly metadata: unknown };
  readonly trainContextSize: number;
  /** `special` true reads the text of control tokens as these tokens. */
  tokenize: (text: string, special: boolean) => number[];
  /** Bytes that are no UTF-8 come out as U+FFFD. */
  detokenize: (tokens: readonly number[], special: boolean) => string;
  createContext: (options: {
    /** Tokens of each sequence. */
    contextSize: number;
    sequences: number;
    batchSize: number;
  }) => Promise<LlamaContext>;
}

export interface LlamaContext {
  /** @throws where all were taken; an id given back by `dispose` is not free at once. */
  getSequence: () => LlamaSequence;
  dispose: () => Promise<void>;
}

export interface LlamaSequence {
  readonly contextTokens: number[];
  readonly nextTokenIndex: number;
  evaluateWithoutGeneratingNewTokens: (tokens: number[]) => Promise<void>;
  eraseContextTokenRanges: (ranges: { start: number; end: number }[]) => Promise<void>;
  /** Ends at an end-of-generation token, which it does not yield. */
  evaluate: (tokens: number[], options: LlamaSampling) => AsyncGenerator<number, void>;
  saveStateToFile: (path: string) => Promise<unknown>;
  loadStateFromFile: (path: string, acceptRisk: { acceptRisk: true }) => Promise<void>;
}

interface LlamaSampling {
  temperature: number;
  /** 0 is off; the default of the library is 40. */
  topK: number;
  /** Applied before the temperature, as everywhere in llama.cpp. */
  topP: number;
  seed: number;
}

const MODEL_METHODS = ['tokenize', 'detokenize', 'createContext'];
const SEQUENCE_METHODS = [
  'evaluateWithoutGeneratingNewTokens',
  'eraseContextTokenRanges',
  'evaluate',
  'saveStateToFile',
  'loadStateFromFile',
];

/**
 * Loads node-llama-cpp from `<runtimeFolder>/node_modules`.
 *
 * @throws SealongError `runtime_missing`, `runtime_unsupported`.
 */
export async function loadLlamaModule(runtimeFolder: string): Promise<LlamaModule> {
  const entry = join(runtimeFolder, 'node_modules', 'node-llama-cpp', 'dist', 'index.js');
  let loaded: unknown;
  try {
    loaded = await import(pathToFileURL(entry).href);
  } catch (cause) {
    throw new SealongError(
      'runtime_missing',
      `Could not load the inference runtime ${entry}: ${messageOf(cause)}. ` +
        'Run the set-up again (npm start), it installs it.',
      { cause },
    );
  }
  if (!isLlamaModule(loaded)) throw unsupported(entry, ['getLlama']);
  return loaded;
}

/** Checks at the border what the types above claim. @throws SealongError `runtime_unsupported`. */
export function checkWeights(weights: LlamaWeights, runtimeFolder: string): void {
  requireMethods(weights, MODEL_METHODS, runtimeFolder);
}

/** As `checkWeights`, for a sequence. */
export function checkSequence(sequence: LlamaSequence, runtimeFolder: string): void {
  requireMethods(sequence, SEQUENCE_METHODS, runtimeFolder);
}

function isLlamaModule(value: unknown): value is LlamaModule {
  return hasMethod(value, 'getLlama');
}

function requireMethods(value: unknown, names: readonly string[], runtimeFolder: string): void {
  const missing = names.filter((name) => !hasMethod(value, name));
  if (missing.length > 0) throw unsupported(runtimeFolder, missing);
}

function hasMethod(value: unknown, name: string): boolean {
  return (
    typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function'
  );
}

function unsupported(where: string, missing: readonly string[]): SealongError {
  return new SealongError(
    'runtime_unsupported',
    `The inference runtime in ${where} has no ${missing.join(', ')}: this program knows node-llama-cpp 3.22. ` +
      'Delete the folder and run the set-up again (npm start).',
  );
}
