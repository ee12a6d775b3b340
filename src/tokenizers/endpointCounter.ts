import * as z from 'zod';
import { askServer, saidBy, type ServerAnswer } from '../endpoint/askServer.ts';
import { EndpointError } from '../endpoint/endpointError.ts';
import { statusError } from '../endpoint/statusError.ts';
import { SealongError } from '../errors.ts';
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
const OTHERWISE = 'Or set questions.tokenizer to another way of counting.';
const REMEDY =
  'Set questions.tokenizer in sealong.json to a hub id, the path of a tokenizer.json or "embedded", or use a server that has /tokenize (vLLM, llama.cpp).';

/**
 * Counts by the server's own `/tokenize`, as vLLM or as llama.cpp has it: found out by the first answer.
 *
 * The counter throws SealongError `no_tokenizer`, and EndpointError where there is no answer, the key is refused or it is
 * sent elsewhere.
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
  const ask = askServer(apiKey, signal);
  const answerTo = async (body: object): Promise<ServerAnswer> => {
    const answer = await ask(address, body, TIMEOUT_MS).catch((error: unknown) => {
      if (!(error instanceof EndpointError)) throw error;
      const { code, failure, message } = error;
      throw new EndpointError(code, failure, `${message} ${OTHERWISE}`, { cause: error });
    });
    const elsewhere = answer.status >= 300 && answer.status < 400;
    if (elsewhere || answer.status === 401 || answer.status === 403)
      throw statusError(answer, { host: new URL(address).host, apiKey });
    return answer;
  };
  return {
    id: `endpoint:${model}`,
    count: async (text) => {
      let last = '';
      for (const dialect of spoken ? [spoken] : dialects) {
        const answer = await answerTo(dialect.body(text));
        const count = dialect.read(answer.json);
        if (answer.status === 200 && count !== undefined) {
          spoken = dialect;
          return count;
        }
        last = saidBy(answer);
      }
      throw new SealongError(
        'no_tokenizer',
        `${address} did not count the tokens (it answered: ${last}). ${REMEDY}`,
      );
    },
  };
}
