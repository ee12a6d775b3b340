import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';

const bodySchema = z.object({
  model: z.string(),
  messages: z.array(z.object({ content: z.string() })),
  n: z.number().default(1),
  seed: z.number().optional(),
  stream: z.boolean().default(false),
  stream_options: z.object({ include_usage: z.boolean().optional() }).optional(),
  logprobs: z.boolean().default(false),
  max_tokens: z.number().optional(),
  max_completion_tokens: z.number().optional(),
});
type Body = z.infer<typeof bodySchema>;

/** How a server behaves, as its kind does. */
export interface Emulation {
  /** Beside each model in the list. */
  listed: Record<string, unknown>;
  /** Undefined: it lists none. */
  models?: readonly string[];
  headers?: Record<string, string>;
  /** GET addresses besides the list of models, with what they answer. */
  addresses?: Record<string, unknown>;
  n: 'works' | 'ignored' | 'refused';
  seed: 'works' | 'ignored' | 'constant';
  logprobs: 'works' | 'ignored' | 'refused';
  stream: 'works' | 'ignored' | 'broken';
  /** How cached tokens of a known prompt are told. */
  cached: 'usage' | 'timings' | 'not';
  tokenize: 'vllm' | 'llama.cpp' | 'not';
  maxTokens: 'max_tokens' | 'max_completion_tokens';
  /** Refuses everything without this key, and repeats the one that it got. */
  key?: string;
  /** How long a completion takes. */
  delayMs?: number;
}

const vllm: Emulation = {
  listed: { owned_by: 'vllm', max_model_len: 131072 },
  addresses: {
    '/version': { version: '0.11.2' },
    '/metrics':
      '# HELP vllm:cache_config_info\nvllm:cache_config_info{block_size="16",enable_prefix_caching="True"} 1.0\n',
  },
  n: 'works',
  seed: 'works',
  logprobs: 'works',
  stream: 'works',
  cached: 'not',
  tokenize: 'vllm',
  maxTokens: 'max_tokens',
};

/** Servers as they are met, each with its own ways. */
export const EMULATIONS = {
  vllm,
  'vllm that tells cached tokens': { ...vllm, cached: 'usage' },
  'vllm without a prefix cache': {
    ...vllm,
    addresses: {
      '/version': { version: '0.11.2' },
      '/metrics': 'vllm:cache_config_info{enable_prefix_caching="False"} 1.0\n',
    },
  },
  sglang: {
    ...vllm,
    listed: { owned_by: 'sglang', max_model_len: 32768 },
    addresses: {
      '/get_model_info': { model_path: '/models/m', is_generation: true },
      '/get_server_info': { version: '0.5.4', context_length: null, disable_radix_cache: false },
    },
    cached: 'usage',
  },
  'llama.cpp': {
    ...vllm,
    listed: { owned_by: 'llamacpp', meta: { n_ctx_train: 131072 } },
    headers: { server: 'llama.cpp' },
    addresses: {
      '/props': {
        default_generation_settings: { n_ctx: 8192 },
        total_slots: 4,
        build_info: 'b6500-1234',
      },
    },
    cached: 'timings',
    tokenize: 'llama.cpp',
  },
  openai: {
    ...vllm,
    listed: { owned_by: 'system' },
    models: ['gpt-4o', 'gpt-4o-mini', 'o4-mini'],
    addresses: {},
    seed: 'ignored',
    cached: 'usage',
    tokenize: 'not',
    maxTokens: 'max_completion_tokens',
  },
  'ollama, which ignores n': {
    ...vllm,
    listed: { owned_by: 'library' },
    addresses: { '/api/version': { version: '0.12.6' } },
    n: 'ignored',
    logprobs: 'ignored',
    tokenize: 'not',
  },
  'a gateway that refuses what it does not know': {
    ...vllm,
    listed: { owned_by: 'someone' },
    addresses: {},
    n: 'refused',
    logprobs: 'refused',
    seed: 'constant',
    stream: 'ignored',
    tokenize: 'not',
  },
} as const satisfies Record<string, Emulation>;

export interface EmulatedServer {
  /** With `/v1`. */
  url: string;
  /** Method and path of every request, in order. */
  asked: string[];
  /** Samples that each request for completions asked for. */
  choices: number[];
  /** Value of the authorization header of every request. */
  keys: (string | undefined)[];
  close: () => Promise<void>;
}

const WORDS = [
  'harbour',
  'keeper',
  'ship',
  'letter',
  'tower',
  'wave',
  'lamp',
  'rope',
  'gull',
  'fog',
];

/** A real HTTP server on loopback that behaves as an inference server of a kind does. */
export async function startEmulatedServer(emulation: Emulation): Promise<EmulatedServer> {
  const known = new Set<string>();
  const asked: string[] = [];
  const choices: number[] = [];
  const keys: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    keys.push(request.headers.authorization);
    for (const [name, value] of Object.entries(emulation.headers ?? {}))
      response.setHeader(name, value);
    void answer(emulation, { known, choices }, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    choices,
    keys,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function answer(
  emulation: Emulation,
  { known, choices }: { known: Set<string>; choices: number[] },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const given = request.headers.authorization;
  if (emulation.key !== undefined && given !== `Bearer ${emulation.key}`) {
    send(response, 401, { error: { message: `Incorrect API key provided: ${given ?? ''}.` } });
    return;
  }
  const path = request.url ?? '';
  const extra = emulation.addresses?.[path];
  if (path === '/v1/models') {
    const models = emulation.models ?? ['m'];
    send(response, 200, { data: models.map((id) => ({ id, ...emulation.listed })) });
  } else if (typeof extra === 'string') response.writeHead(200).end(extra);
  else if (extra !== undefined) send(response, 200, extra);
  else if (path === '/v1/chat/completions') {
    const body = bodySchema.parse(JSON.parse(await text(request)));
    choices.push(body.n);
    await delay(emulation.delayMs ?? 0);
    complete(emulation, known, body, response);
  } else if (path === '/tokenize' && emulation.tokenize !== 'not') {
    const body: unknown = JSON.parse(await text(request));
    const field = emulation.tokenize === 'vllm' ? 'prompt' : 'content';
    const content: unknown = Reflect.get(Object(body), field);
    if (typeof content !== 'string') send(response, 400, { error: `${field} is missing` });
    else {
      const tokens = content.split(' ').map((_, i) => i);
      send(response, 200, emulation.tokenize === 'vllm' ? { count: tokens.length } : { tokens });
    }
  } else send(response, 404, { detail: 'Not Found' });
}

function complete(
  emulation: Emulation,
  known: Set<string>,
  body: Body,
  response: ServerResponse,
): void {
  const refuse = (message: string) => {
    send(response, 400, { error: { message, type: 'invalid_request_error' } });
  };
  if (body.max_tokens !== undefined && emulation.maxTokens === 'max_completion_tokens') {
    refuse("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.");
    return;
  }
  if (body.n > 1 && emulation.n === 'refused') {
    refuse('Only n = 1 is supported.');
    return;
  }
  if (body.logprobs && emulation.logprobs === 'refused') {
    refuse('logprobs is not supported.');
    return;
  }
  const prompt = body.messages.map(({ content }) => content).join('\n');
  const promptTokens = prompt.split(/\s+/).length;
  const cached = known.has(prompt) ? promptTokens - 1 : 0;
  known.add(prompt);
  const n = emulation.n === 'ignored' ? 1 : body.n;
  const choices = Array.from({ length: n }, (_, index) => ({
    index,
    message: { role: 'assistant', content: words(emulation, body.seed, index) },
    finish_reason: (body.seed ?? 1) % 5 === 0 ? 'length' : 'stop',
    logprobs: body.logprobs && emulation.logprobs === 'works' ? { content: [] } : null,
  }));
  const usage = {
    prompt_tokens: promptTokens,
    completion_tokens: 8 * n,
    ...(emulation.cached === 'usage' ? { prompt_tokens_details: { cached_tokens: cached } } : {}),
  };
  const timings = emulation.cached === 'timings' ? { timings: { cache_n: cached } } : {};
  if (!body.stream || emulation.stream === 'ignored') {
    send(response, 200, { model: body.model, choices, usage, ...timings });
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (emulation.stream === 'broken') {
    response.write('data: {"choices": [');
    setTimeout(() => response.destroy(), 10);
    return;
  }
  const event = (choice: object) =>
    response.write(`data: ${JSON.stringify({ choices: [choice] })}\n\n`);
  for (const { index, message, finish_reason } of choices) {
    for (const content of message.content.split(/(?<= )/)) event({ index, delta: { content } });
    event({ index, delta: {}, finish_reason });
  }
  if (body.stream_options?.include_usage === true)
    response.write(`data: ${JSON.stringify({ choices: [], usage })}\n\n`);
  response.end('data: [DONE]\n\n');
}

let requests = 0;

function words(emulation: Emulation, seed: number | undefined, index: number): string {
  requests += 1;
  const drawn =
    emulation.seed === 'constant'
      ? 'always'
      : emulation.seed === 'works'
        ? `${seed ?? requests} ${index}`
        : String(requests);
  const digest = createHash('sha256').update(drawn).digest();
  return Array.from({ length: 8 }, (_, i) => WORDS[(digest[i] ?? 0) % WORDS.length]).join(' ');
}

function send(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
}
