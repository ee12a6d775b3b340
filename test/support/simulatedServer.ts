import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { seededRandom } from '../../src/random.ts';

const bodySchema = z.object({
  model: z.string(),
  messages: z.array(z.object({ content: z.string() })).min(1),
  n: z.number().default(1),
  seed: z.number().default(0),
  temperature: z.number().default(1),
  max_tokens: z.number().default(64),
  stream: z.boolean().default(false),
  stream_options: z
    .object({ include_usage: z.boolean(), continuous_usage_stats: z.boolean().default(false) })
    .optional(),
});
type Body = z.infer<typeof bodySchema>;

export interface SimulatedServerOptions {
  model?: string;
  n?: 'works' | 'ignored';
  stream?: 'works' | 'ignored';
  /** How a stream counts: vLLM tells each choice's tokens, llama.cpp at the end those of one choice. */
  usage?: 'continuous' | 'final' | 'of one choice';
  /** Prompt tokens computed in a millisecond, one prompt after another; Infinity takes no time. */
  prefillTokensPerMs?: number;
  /** From the computed prompt to the end of a text. */
  decodeMs?: number;
  /** Prompt tokens that the cache of prefixes holds; 0 is none. */
  cacheTokens?: number;
  contextTokens?: number;
  /** Samples that are written at once; others wait. */
  slots?: number;
}

export interface SimulatedServer {
  url: string;
  /** Prompt tokens computed so far. */
  readonly computedTokens: number;
  /** The most samples that were in flight together. */
  readonly mostInFlight: number;
  /** Samples asked for so far: question's prompt digest and seed, for who asked what in which order. */
  readonly asked: readonly { prompt: string; n: number; seed: number }[];
  /** Breaks off everything and stops listening, as a crash does. */
  close: () => Promise<void>;
}

/** Four characters a token, as English has about. */
export function simulatedTokens(prompt: string): number {
  return Math.ceil(prompt.length / 4);
}

/**
 * A server without a model that takes the time of one: prompts are computed one after another, a prompt whose prefix is
 * cached is not computed again, texts are written side by side. A cached prefix counts only once it is computed, so
 * requests of one prompt that come at the same time compute it as often as they are.
 */
export async function startSimulatedServer(
  options: SimulatedServerOptions = {},
  port = 0,
): Promise<SimulatedServer> {
  const simulation = new Simulation(options);
  const { model = 'scripted', contextTokens = 131_072 } = options;
  const server = createServer((request, response) => {
    if (request.url === '/v1/models') {
      json(response, 200, { data: [{ id: model, max_model_len: contextTokens }] });
      return;
    }
    void text(request)
      .then((raw) => simulation.answer(bodySchema.parse(JSON.parse(raw)), response))
      .catch((error: unknown) => {
        if (!response.destroyed) json(response, 500, { error: { message: String(error) } });
      });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    get computedTokens() {
      return simulation.computedTokens;
    },
    get mostInFlight() {
      return simulation.mostInFlight;
    },
    asked: simulation.asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

class Simulation {
  computedTokens = 0;
  mostInFlight = 0;
  readonly asked: { prompt: string; n: number; seed: number }[] = [];
  readonly #options: SimulatedServerOptions;
  /** Digests of prompts that are computed, with their tokens, the one used last at the end. */
  readonly #cached = new Map<string, number>();
  #prefill: Promise<unknown> = Promise.resolve();
  #inFlight = 0;
  #writing = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(options: SimulatedServerOptions) {
    this.#options = options;
  }

  async answer(body: Body, response: ServerResponse): Promise<void> {
    const { n: nWays = 'works', stream = 'works', contextTokens = 131_072 } = this.#options;
    const prompt = body.messages.map(({ content }) => content).join('\n');
    const promptTokens = simulatedTokens(prompt);
    if (promptTokens + body.max_tokens > contextTokens) {
      json(response, 400, {
        object: 'error',
        message: `This model's maximum context length is ${contextTokens} tokens. However, you requested ${promptTokens + body.max_tokens} tokens (${promptTokens} in the messages, ${body.max_tokens} in the completion). Please reduce the length of the messages or completion.`,
        type: 'BadRequestError',
        code: 400,
      });
      return;
    }
    const n = nWays === 'works' ? body.n : 1;
    const digest = createHash('sha256').update(prompt).digest('hex').slice(0, 16);
    this.asked.push({ prompt: digest, n, seed: body.seed });
    this.#inFlight += n;
    this.mostInFlight = Math.max(this.mostInFlight, this.#inFlight);
    try {
      const cachedTokens = await this.#compute(digest, promptTokens);
      const usage = {
        prompt_tokens: promptTokens,
        prompt_tokens_details: { cached_tokens: cachedTokens },
      };
      const choices = Array.from({ length: n }, (_, index) => this.#write(body, digest, index));
      if (body.stream && stream === 'works') await this.#stream(body, choices, usage, response);
      else {
        const texts = await Promise.all(choices);
        json(response, 200, {
          model: body.model,
          choices: texts.map(({ words }, index) => ({
            index,
            message: { role: 'assistant', content: words.join(' ') },
            finish_reason: 'stop',
          })),
          usage: { ...usage, completion_tokens: this.#total(texts.map(({ tokens }) => tokens)) },
        });
      }
    } finally {
      this.#inFlight -= n;
    }
  }

  async #stream(
    body: Body,
    choices: readonly Promise<Written>[],
    usage: object,
    response: ServerResponse,
  ): Promise<void> {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (event: object) => response.write(`data: ${JSON.stringify(event)}\n\n`);
    const continuous =
      this.#options.usage !== 'final' &&
      this.#options.usage !== 'of one choice' &&
      body.stream_options?.continuous_usage_stats === true;
    for (const index of choices.keys())
      send({
        choices: [{ index, delta: { role: 'assistant', content: '' }, finish_reason: null }],
      });
    const written = await Promise.all(
      choices.map(async (choice, index) => {
        const { words, tokens } = await choice;
        for (const [place, word] of words.entries())
          send({
            choices: [
              { index, delta: { content: place === 0 ? word : ` ${word}` }, finish_reason: null },
            ],
          });
        send({
          choices: [{ index, delta: {}, finish_reason: 'stop' }],
          ...(continuous ? { usage: { ...usage, completion_tokens: tokens } } : {}),
        });
        return tokens;
      }),
    );
    if (body.stream_options?.include_usage === true)
      send({ choices: [], usage: { ...usage, completion_tokens: this.#total(written) } });
    response.end('data: [DONE]\n\n');
  }

  #total(tokens: readonly number[]): number {
    if (this.#options.usage === 'of one choice') return tokens[0] ?? 0;
    return tokens.reduce((sum, each) => sum + each, 0);
  }

  /** @returns the tokens that were cached. */
  async #compute(digest: string, tokens: number): Promise<number> {
    const { prefillTokensPerMs = Infinity, cacheTokens = 1_000_000 } = this.#options;
    const turn = this.#prefill.then(async () => {
      const cached = known ? tokens - 1 : 0;
      this.computedTokens += tokens - cached;
      const ms = (tokens - cached) / prefillTokensPerMs;
      if (ms >= 1) await delay(ms);
      this.#remember(digest, tokens, cacheTokens);
      return cached;
    });
    // What is cached shows when a request comes in, not when its turn comes.
    const known = this.#cached.has(digest);
    if (known) this.#remember(digest, tokens, cacheTokens);
    this.#prefill = turn;
    return turn;
  }

  #remember(digest: string, tokens: number, room: number): void {
    this.#cached.delete(digest);
    this.#cached.set(digest, tokens);
    let total = [...this.#cached.values()].reduce((sum, each) => sum + each, 0);
    for (const [oldest, size] of this.#cached) {
      if (total <= room) return;
      this.#cached.delete(oldest);
      total -= size;
    }
  }

  async #write({ seed, temperature }: Body, digest: string, index: number): Promise<Written> {
    const { decodeMs = 0, slots = Infinity } = this.#options;
    if (this.#writing >= slots) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#writing += 1;
    try {
      const random = seededRandom(
        temperature === 0 ? 0 : seed,
        temperature === 0 ? 0 : index,
        digest,
      );
      const words = Array.from({ length: 3 + random.below(6) }, () => `word${random.below(1000)}`);
      if (decodeMs > 0) await delay(decodeMs);
      return { words, tokens: words.length + 1 };
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#writing -= 1;
    }
  }
}

interface Written {
  words: string[];
  /** The end of text included. */
  tokens: number;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
