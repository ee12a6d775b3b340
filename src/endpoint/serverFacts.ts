import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod';
import { askAnyway, type AskServer, type ServerAnswer } from './askServer.ts';

/** Kinds of servers that are told apart, and how people write them. */
export const SERVER_NAMES = {
  vllm: 'vLLM',
  sglang: 'SGLang',
  'llama.cpp': 'llama.cpp',
  tgi: 'TGI',
  ollama: 'Ollama',
  sealong: 'SeaLong',
  openai: 'OpenAI',
} as const;
export type ServerKind = keyof typeof SERVER_NAMES;

/** What a server tells about itself besides its models. */
export interface ServerFacts {
  kind?: ServerKind;
  version?: string;
  contextTokens?: number;
  /** From its own settings: cached tokens need not be told in answers. */
  prefixCache?: boolean;
}

const length = z.number().int().positive();
const modelsSchema = z.object({ data: z.array(z.looseObject({ id: z.string() })) });
export type ListedModel = z.infer<typeof modelsSchema>['data'][number];

/** The models of an answer to `/models`; undefined where it is none. */
export function listedModels(json: unknown): ListedModel[] | undefined {
  return modelsSchema.safeParse(json).data?.data;
}

/** The context length beside a listed model, by the names that servers give it. */
export function listedContext(model: ListedModel | undefined): number | undefined {
  const names = ['max_model_len', 'context_length', 'max_context_length', 'context_window'];
  return names
    .map((name) => length.safeParse(model?.[name]).data)
    .find((found) => found !== undefined);
}

/** The kind by what stands beside a listed model, or in the headers. */
export function listedKind(
  model: ListedModel | undefined,
  headers: IncomingHttpHeaders,
): ServerKind | undefined {
  const owner = model?.['owned_by'];
  const byOwner: Record<string, ServerKind> = {
    vllm: 'vllm',
    sglang: 'sglang',
    llamacpp: 'llama.cpp',
    sealong: 'sealong',
    openai: 'openai',
    system: 'openai',
    library: 'ollama',
  };
  const found = typeof owner === 'string' ? byOwner[owner] : undefined;
  return found ?? (headers['server'] === 'llama.cpp' ? 'llama.cpp' : undefined);
}

const TIMEOUT_MS = 10_000;

/**
 * Asks the addresses by which servers tell their settings: only those of the kind where it is known. What is not there
 * says nothing, and nothing here costs tokens.
 *
 * @param root the server's address without `/v1`.
 */
export async function serverFacts(
  root: string,
  known: ServerKind | undefined,
  ask: AskServer,
): Promise<ServerFacts> {
  // Hosted servers have none of these addresses, and count requests.
  if (known === 'openai') return { kind: known };
  if (known === 'sealong') return { kind: known, prefixCache: true };
  const kinds = known ? [known] : (['llama.cpp', 'sglang', 'tgi', 'vllm', 'ollama'] as const);
  for (const kind of kinds) {
    const facts = await FACTS[kind]((path) => quietly(ask, `${root}${path}`));
    if (facts) return { kind, ...facts };
  }
  return known ? { kind: known } : {};
}

type Get = (path: string) => Promise<ServerAnswer | undefined>;
type FactsOf = (get: Get) => Promise<Omit<ServerFacts, 'kind'> | undefined>;

const FACTS: Record<Exclude<ServerKind, 'openai' | 'sealong'>, FactsOf> = {
  'llama.cpp': async (get) => {
    const props = propsSchema.safeParse((await get('/props'))?.json).data;
    if (!props) return undefined;
    const contextTokens = props.default_generation_settings?.n_ctx ?? props.n_ctx;
    return {
      ...(props.build_info === undefined ? {} : { version: props.build_info }),
      ...(contextTokens === undefined ? {} : { contextTokens }),
    };
  },
  sglang: async (get) => {
    if (!sglangModelSchema.safeParse((await get('/get_model_info'))?.json).success)
      return undefined;
    const info = sglangInfoSchema.safeParse((await get('/get_server_info'))?.json).data ?? {};
    return {
      ...(info.version === undefined ? {} : { version: info.version }),
      ...(info.context_length ? { contextTokens: info.context_length } : {}),
      ...(info.disable_radix_cache === undefined ? {} : { prefixCache: !info.disable_radix_cache }),
    };
  },
  tgi: async (get) => {
    const info = tgiSchema.safeParse((await get('/info'))?.json).data;
    return info && { version: info.version, contextTokens: info.max_total_tokens };
  },
  vllm: async (get) => {
    const version = versionSchema.safeParse((await get('/version'))?.json).data?.version;
    const metrics = (await get('/metrics'))?.text ?? '';
    const caching = /^vllm:cache_config_info\{[^}]*enable_prefix_caching="(True|False)"/m.exec(
      metrics,
    );
    if (version === undefined && !caching) return undefined;
    return {
      ...(version === undefined ? {} : { version }),
      ...(caching ? { prefixCache: caching[1] === 'True' } : {}),
    };
  },
  ollama: async (get) => {
    const version = versionSchema.safeParse((await get('/api/version'))?.json).data?.version;
    return version === undefined ? undefined : { version };
  },
};

const propsSchema = z.object({
  default_generation_settings: z.object({ n_ctx: length.optional() }).optional(),
  n_ctx: length.optional(),
  build_info: z.string().optional(),
  total_slots: z.number(),
});
const sglangModelSchema = z.object({ model_path: z.string(), is_generation: z.boolean() });
const sglangInfoSchema = z.object({
  version: z.string().optional(),
  context_length: length.nullish(),
  disable_radix_cache: z.boolean().optional(),
});
const tgiSchema = z.object({ version: z.string(), max_total_tokens: length });
const versionSchema = z.object({ version: z.string() });

/** Undefined where there is no such address, or no answer. */
async function quietly(ask: AskServer, url: string): Promise<ServerAnswer | undefined> {
  const answer = await askAnyway(ask, url, undefined, TIMEOUT_MS);
  return answer.status === 200 ? answer : undefined;
}
