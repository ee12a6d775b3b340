import * as z from 'zod';
import { askAnyway, jsonOf, saidBy, type AskServer, type ServerAnswer } from './askServer.ts';
import type { EndpointCapabilities } from './endpointProfile.ts';
import type { ProbeCheck, ProbeResult } from './probeResult.ts';

/** A cold server may load the model at the first request. */
const TIMEOUT_MS = 120_000;
const COMPLETION_TOKENS = 16;
/** Hosted servers cache prefixes of 1,024 tokens and more; one of these sentences has about 22. */
const SENTENCES = 64;
const SHORT_SENTENCES = 12;
/** Below this context the long prompt might not fit. */
const LONG_CONTEXT_TOKENS = 4096;

const tokens = z.number().int().nonnegative();
const usageSchema = z.object({
  prompt_tokens: tokens,
  completion_tokens: tokens.nullish(),
  prompt_tokens_details: z.object({ cached_tokens: tokens.nullish() }).nullish(),
});
const choiceSchema = z.object({
  message: z.object({ content: z.string().nullish() }),
  logprobs: z.unknown(),
});
const answerSchema = z.object({
  choices: z.array(choiceSchema).min(1),
  usage: usageSchema.nullish().catch(null),
  /** llama.cpp's own account of its cache. */
  timings: z.object({ cache_n: tokens.optional() }).optional().catch(undefined),
});
type ChatAnswer = z.infer<typeof answerSchema>;

export interface ChatProbe {
  url: string;
  model: string;
  contextTokens: number | undefined;
  /** What the server's settings say of its cache. */
  prefixCache: boolean | undefined;
  ask: AskServer;
  spent: ProbeResult['spent'];
}

type Yielded = AsyncGenerator<ProbeCheck, EndpointCapabilities, undefined>;

/**
 * Asks for a few short completions of one prompt, and sees what the server makes of `n`, seeds, log probabilities, a
 * prompt that it knows already, and streaming.
 */
export async function* probeChat(probe: ChatProbe): Yielded {
  const { ask, url, model, spent } = probe;
  const long = (probe.contextTokens ?? LONG_CONTEXT_TOKENS) >= LONG_CONTEXT_TOKENS;
  const prompt = promptOf(long ? SENTENCES : SHORT_SENTENCES);
  let maxTokensField: 'max_tokens' | 'max_completion_tokens' = 'max_tokens';
  const request = (more: object): Promise<ServerAnswer> =>
    askAnyway(
      ask,
      url,
      {
        model,
        messages: [{ role: 'user', content: prompt }],
        temperature: 1,
        [maxTokensField]: COMPLETION_TOKENS,
        ...more,
      },
      TIMEOUT_MS,
    );
  const chat = async (more: object): Promise<{ answer: ServerAnswer; chat?: ChatAnswer }> => {
    const answer = await request({ ...more, stream: false });
    const parsed = answer.status === 200 ? answerSchema.safeParse(answer.json).data : undefined;
    if (answer.status === 200) count(spent, parsed?.usage);
    return { answer, ...(parsed ? { chat: parsed } : {}) };
  };

  let first = await chat({ seed: 7 });
  if (
    !first.chat &&
    first.answer.status === 400 &&
    first.answer.text.includes('max_completion_tokens')
  ) {
    maxTokensField = 'max_completion_tokens';
    first = await chat({ seed: 7 });
  }
  if (!first.chat) {
    yield { name: 'completion', outcome: 'problem', words: refusedWords(first.answer) };
    return {};
  }
  yield {
    name: 'completion',
    outcome: 'yes',
    words: `answers in ${(first.answer.ms / 1000).toFixed(1)} s${maxTokensField === 'max_tokens' ? '' : '; wants max_completion_tokens'}`,
  };

  const both = await chat({ seed: 8, n: 2, logprobs: true });
  const several = both.chat ? both : await chat({ seed: 8, n: 2 });
  const probable = both.chat ? both : await chat({ seed: 8, logprobs: true });
  yield severalCheck(several);
  const again = await request({ seed: 7, stream: true, stream_options: { include_usage: true } });
  const streamed = again.status === 200 ? streamOf(again) : undefined;
  if (again.status === 200) count(spent, streamed?.usage);
  // A server that does not stream may answer in one piece: that shows its seeds as well.
  const whole = again.status === 200 ? answerSchema.safeParse(again.json).data : undefined;
  const seeds = seedCheck(textOf(first.chat), streamed?.text ?? (whole && textOf(whole)), [
    ...(several.chat?.choices ?? []),
    ...(probable.chat?.choices ?? []),
  ]);
  yield seeds;
  const logprobs = hasValue(probable.chat?.choices[0]?.logprobs);
  yield {
    name: 'logprobs',
    outcome: logprobs ? 'yes' : 'no',
    words: logprobs
      ? 'told where asked for'
      : probable.chat
        ? 'not told, though asked for'
        : `refused (${saidBy(probable.answer)})`,
  };
  const cache = cacheCheck(probe, [several.chat, probable.chat, whole], streamed?.usage, long);
  yield cache;
  yield {
    name: 'streaming',
    outcome: streamed ? 'yes' : 'no',
    words: streamed
      ? `in ${streamed.pieces} pieces${streamed.usage ? ', with usage' : ', without usage'}`
      : again.status === 200
        ? 'answers in one piece, though asked to stream'
        : `refused (${saidBy(again)})`,
  };
  return {
    n: several.chat?.choices.length === 2,
    ...(seeds.outcome === 'unknown' ? {} : { seed: seeds.outcome === 'yes' }),
    ...(cache.outcome === 'unknown' ? {} : { prefixCache: cache.outcome === 'yes' }),
    logprobs,
    stream: streamed !== undefined,
    maxTokensField,
  };
}

function refusedWords(answer: ServerAnswer): string {
  switch (answer.status) {
    case 0:
      return answer.text;
    case 200:
      return 'the answer is none of a chat completion. Check the base URL, which usually ends in /v1';
    case 401:
    case 403:
      return `the key is refused (${answer.status}). Set one with "SeaLong: Set API Key" or SEALONG_API_KEY`;
    case 404:
      return `there is no such address or model (${saidBy(answer)}). Check the base URL, which usually ends in /v1`;
    case 429:
      return `the server limits requests (${saidBy(answer)}). Test again later`;
    default:
      return `refused (${saidBy(answer)})`;
  }
}

function severalCheck({ answer, chat }: { answer: ServerAnswer; chat?: ChatAnswer }): ProbeCheck {
  const name = 'n';
  if (!chat) return { name, outcome: 'no', words: `refused (${saidBy(answer)})` };
  const got = chat.choices.length;
  if (got === 2) return { name, outcome: 'yes', words: 'one request gives as many as asked for' };
  return {
    name,
    outcome: 'no',
    words: `ignored: ${got} came where 2 were asked for; samples are asked for one by one`,
  };
}

/** @param others choices of another seed: a server that always says the same honours no seed by that. */
function seedCheck(
  first: string,
  again: string | undefined,
  others: readonly z.infer<typeof choiceSchema>[],
): ProbeCheck {
  const name = 'seed';
  if (again === undefined)
    return { name, outcome: 'unknown', words: 'no second answer with the same seed came' };
  if (again !== first)
    return { name, outcome: 'no', words: 'the same seed gave two texts; a run cannot be repeated' };
  const differs = others.some(({ message }) => (message.content ?? '') !== first);
  return differs
    ? { name, outcome: 'yes', words: 'the same seed gave the same text, another seed another' }
    : { name, outcome: 'unknown', words: 'every request gave the same text' };
}

function cacheCheck(
  { prefixCache }: ChatProbe,
  answers: readonly (ChatAnswer | undefined)[],
  usage: z.infer<typeof usageSchema> | undefined,
  long: boolean,
): ProbeCheck {
  const name = 'prefix_cache';
  const told = [
    ...answers.flatMap((answer) => [
      answer?.usage?.prompt_tokens_details?.cached_tokens,
      answer?.timings?.cache_n,
    ]),
    usage?.prompt_tokens_details?.cached_tokens,
  ].filter((value) => typeof value === 'number');
  const most = told.reduce((a, b) => Math.max(a, b), 0);
  if (most > 0)
    return {
      name,
      outcome: 'yes',
      words: `${most.toLocaleString('en')} cached tokens told of a prompt asked before`,
    };
  if (prefixCache === true)
    return {
      name,
      outcome: 'yes',
      words:
        'on by the settings of the server, which does not tell cached tokens; vLLM does with --enable-prompt-tokens-details, SGLang with --enable-cache-report',
    };
  if (prefixCache === false)
    return {
      name,
      outcome: 'no',
      words: 'off: the long prompt is computed anew for each request',
    };
  if (told.length > 0 && long)
    return {
      name,
      outcome: 'no',
      words: 'no cached tokens of a prompt asked before: it is computed anew for each request',
    };
  return { name, outcome: 'unknown', words: 'the server does not tell cached tokens' };
}

interface Streamed {
  text: string;
  pieces: number;
  usage: z.infer<typeof usageSchema> | undefined;
}

const chunkSchema = z.object({
  choices: z.array(
    z.object({ index: tokens.optional(), delta: z.object({ content: z.string().nullish() }) }),
  ),
  usage: usageSchema.nullish().catch(null),
});

/** Undefined where the answer is no stream of server-sent events. */
function streamOf({ events, data }: ServerAnswer): Streamed | undefined {
  if (!events) return undefined;
  const streamed: Streamed = { text: '', pieces: 0, usage: undefined };
  for (const item of data) {
    if (item === '[DONE]') continue;
    const chunk = chunkSchema.safeParse(jsonOf(item)).data;
    streamed.usage = chunk?.usage ?? streamed.usage;
    const piece = chunk?.choices[0]?.delta.content ?? '';
    if (piece !== '') streamed.pieces += 1;
    streamed.text += piece;
  }
  return streamed;
}

function textOf({ choices }: ChatAnswer): string {
  return choices[0]?.message.content ?? '';
}

function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function count(spent: ProbeResult['spent'], usage: z.infer<typeof usageSchema> | null | undefined) {
  spent.requests += 1;
  if (usage) {
    spent.prompt_tokens += usage.prompt_tokens;
    spent.completion_tokens += usage.completion_tokens ?? 0;
  } else spent.uncounted += 1;
}

/** The same text in every test: what a server knows of it already costs it nothing. */
function promptOf(sentences: number): string {
  const context = Array.from(
    { length: sentences },
    (_, i) =>
      `In the year ${1700 + i} keeper number ${i + 1} of the lighthouse wrote ${3 * i + 2} letters to the harbour and counted ${7 * i + 5} ships.`,
  ).join(' ');
  return `Passage 1:\nThe lighthouse\n${context}\n\nWrite sixteen different words that come to your mind when you read this, in any order and without a sentence.`;
}
