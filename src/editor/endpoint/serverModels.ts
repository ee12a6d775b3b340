import * as z from 'zod';

const TIMEOUT_MS = 5000;
const modelsSchema = z.object({ data: z.array(z.object({ id: z.string() })) });

/** Names of the models that a server offers, or undefined where it does not say in time. */
export async function serverModels(
  baseUrl: string,
  apiKey: string | undefined,
): Promise<string[] | undefined> {
  try {
    const response = await fetch(`${baseUrl}/models`, {
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return modelsSchema.parse(await response.json()).data.map(({ id }) => id);
  } catch {
    // The user is asked for the name then; sampling says what is wrong with a server.
    return undefined;
  }
}
