import { EndpointError } from '../endpoint/endpointError.ts';
import type { Replica } from './replica.ts';

/**
 * Asks each server for its models before anything is spent.
 *
 * @returns what to tell of servers that do not answer now, while others do.
 * @throws EndpointError of one that never will as it is set up, or where none answers.
 */
export async function checkReplicas(
  replicas: readonly Replica[],
  model: string,
  signal: AbortSignal,
): Promise<string[]> {
  const failures = await Promise.all(
    replicas.map(async (replica) => {
      try {
        await replica.client.check(model, signal);
        return undefined;
      } catch (error) {
        if (!(error instanceof EndpointError && error.failure === 'later')) throw error;
        replica.down = error;
        return error;
      }
    }),
  );
  const down = failures.filter((error) => error !== undefined);
  if (down.length === replicas.length && down[0]) throw down[0];
  return down.map((error) => `${error.message} It is tried again later; the others are used.`);
}
