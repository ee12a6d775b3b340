import * as z from 'zod';
import { SealongError, messageOf, systemCodeOf } from '../errors.ts';
import type { TokenCounter } from './tokenCounter.ts';

export interface TokenizeEndpoint {
  /** Base address of the OpenAI-compatible server, with or without `/v1`. */
  url: string;
  apiKey: string | undefined;
}

/** vLLM's answer to `{model, prompt}`. */
const vllmSchema = z.object({ count: z.number().int().nonnegative() });
/** llama.cpp's answer to `{content}`. */
const llamaSchema = z.object({ tokens: z.array(z.unknown()) });

const TIMEOUT_MS = 60_000;
const REMEDY =
  'Set questions.tokenizer in sealong.json to a hub id, the path of a tokenizer.json or "embedded", or use a server that has /tokenize (vLLM, llama.cpp).';

/**
 * Counts by the server's own `/tokenize`, as vLLM or as llama.cpp has it: found out by the first answer.
 *
 * The counter throws SealongError `server_unreachable`, `bad_key`, `no_tokenizer`.
 */
export function endpointCounter(
  model: string,
  { url, apiKey }: TokenizeEndpoint,
  signal?: AbortSignal,
): TokenCounter {
  const address = `${url.replace(/\/+$/, '').replace(/\/v1$/, '')}/tokenize`;
  const dialects = [
    {
      body: (text: string): object => ({ model, prompt: text, add_special_tokens: false }),
      read: (answer: unknown) => vllmSchema.safeParse(answer).data?.count,
    },
    {
      body: (text: string): object => ({ content: text, add_special: false }),
      read: (answer: unknown) => llamaSchema.safeParse(answer).data?.tokens.length,
    },
  ];
  let spoken: (typeof dialects)[number] | undefined;
  return {
    id: `endpoint:${model}`,
    count: async (text) => {
      let last = '';
      for (const dialect of spoken ? [spoken] : dialects) {
        const answer = await post(address, dialect.body(text), apiKey, signal);
        const count = dialect.read(answer.json);
        if (answer.ok && count !== undefined) {
          spoken = dialect;
          return count;
        }
        last = answer.text;
      }
      throw new SealongError(
        'no_tokenizer',
        `${address} did not count the tokens (it answered: ${last.slice(0, 200)}). ${REMEDY}`,
      );
    },
  };
}

interface Answer {
  ok: boolean;
  json: unknown;
  text: string;
}

async function post(
  address: string,
  body: object,
  apiKey: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  let text: string;
  try {
    response = await fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify(body),
      // A key goes to the named host alone.
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    const why = timeout.aborted
      ? `no answer within ${TIMEOUT_MS / 1000} s`
      : (systemCodeOf(error) ?? messageOf(error));
    throw new SealongError(
      'server_unreachable',
      `${address} could not be asked to count tokens: ${why}. Start the server, correct its address, or set questions.tokenizer to another way of counting.`,
      { cause: error },
    );
  }
  if (response.status === 401 || response.status === 403)
    throw new SealongError(
      'bad_key',
      `${address} refused the API key (${response.status}). Set the right one in SEALONG_API_KEY or with "SeaLong: Set API Key".`,
    );
  const said = text === '' ? '' : `: ${text}`;
  return { ok: response.ok, json: jsonOf(text), text: `${response.status}${said}` };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
