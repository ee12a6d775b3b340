import * as z from 'zod';
import { SealongError, messageOf } from '../../errors.ts';
import { normalise } from './pooling.ts';

// NaN and infinity have no JSON; servers write null for them.
const embeddingSchema = z.union([z.string(), z.array(z.number().nullable())]);
const answerSchema = z.object({
  data: z.array(z.object({ index: z.number().int().optional(), embedding: embeddingSchema })),
  usage: z.object({ prompt_tokens: z.number().int().optional() }).nullish(),
});

export interface ServerVectors {
  /** Unit vectors in the order of the texts asked for. */
  vectors: Float32Array[];
  promptTokens: number | null;
}

/**
 * Reads an answer of `/v1/embeddings` to `count` texts, as floats or base64, in whatever order it comes.
 *
 * @param dimensions what earlier answers had, if there were any.
 * @throws SealongError `bad_answer`, `bad_embedding`.
 */
export function readAnswer(
  json: unknown,
  count: number,
  host: string,
  dimensions: number | undefined,
): ServerVectors {
  const parsed = answerSchema.safeParse(json);
  if (!parsed.success)
    throw new SealongError(
      'bad_answer',
      `${host} did not answer as an OpenAI-compatible server of embeddings: it sent ${
        typeof json === 'string' && json.trimStart().startsWith('<')
          ? 'a web page'
          : 'something else'
      }. Check the base URL; it usually ends in /v1.`,
    );
  const { data, usage } = parsed.data;
  const bad = (what: string) =>
    new SealongError('bad_answer', `${host} ${what}. Check that it serves an embedding model.`);
  if (data.length !== count)
    throw bad(`was asked to embed ${count} texts and sent ${data.length} embeddings`);

  const vectors: Float32Array[] = [];
  let expected = dimensions;
  for (const [place, { index = place, embedding }] of data.entries()) {
    if (index < 0 || index >= count || vectors[index])
      throw bad(`numbered its embeddings wrongly (index ${index} of ${count})`);
    const vector = decode(embedding);
    if (!vector || vector.length === 0) throw bad('sent an embedding that is no list of numbers');
    expected ??= vector.length;
    if (vector.length !== expected)
      throw bad(`sent embeddings of ${expected} and of ${vector.length} dimensions`);
    try {
      vectors[index] = normalise(vector);
    } catch (error) {
      throw new SealongError(
        'bad_embedding',
        `${host} sent an embedding that cannot be used. ${messageOf(error)} Look into the log of the server.`,
        { cause: error },
      );
    }
  }
  return { vectors, promptTokens: usage?.prompt_tokens ?? null };
}

/** Base64 holds little-endian float32. */
function decode(embedding: string | (number | null)[]): Float32Array | undefined {
  if (typeof embedding !== 'string') return Float32Array.from(embedding, (value) => value ?? NaN);
  const bytes = Buffer.from(embedding, 'base64');
  if (bytes.length % 4 !== 0) return undefined;
  return Float32Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
}
