import { askAnyway, askServer } from '../../endpoint/askServer.ts';
import { listedModels } from '../../endpoint/serverFacts.ts';

const TIMEOUT_MS = 5000;

/**
 * Names of the models that a server offers, or undefined where it does not say in time: the user is asked for the name then,
 * and sampling says what is wrong with a server.
 */
export async function serverModels(
  baseUrl: string,
  apiKey: string | undefined,
): Promise<string[] | undefined> {
  const { json } = await askAnyway(askServer(apiKey), `${baseUrl}/models`, undefined, TIMEOUT_MS);
  return listedModels(json)?.map(({ id }) => id);
}
