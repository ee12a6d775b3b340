import { systemClock } from '../clock.ts';
import { askServer } from '../endpoint/askServer.ts';
import { EndpointMemory } from '../endpoint/endpointMemory.ts';
import { PROBE_COST, probeEndpoint } from '../endpoint/probe.ts';
import { checkLine, isUsable, spentText, type ProbeResult } from '../endpoint/probeResult.ts';
import { SealongError } from '../errors.ts';
import type { StageEnvironment } from '../stageRequest.ts';

/**
 * Tests a server, tells each finding as it comes, and keeps them for the runs on it.
 *
 * @throws SealongError `usage` where no server is named, `endpoint_unusable` where sampling would not work there.
 */
export async function testEndpoint(
  { endpoint, apiKey }: StageEnvironment,
  options: {
    model: string | undefined;
    cache: string;
    signal: AbortSignal;
    tell: (line: string) => void;
  },
): Promise<{ stage: 'test-endpoint' } & ProbeResult> {
  if (!endpoint) throw new SealongError('usage', 'Wrong use: --endpoint URL is missing.');
  const { model, cache, signal, tell } = options;
  tell(`Testing ${endpoint.baseUrl}: ${PROBE_COST}.`);
  const ask = askServer(apiKey, signal);
  const checks = probeEndpoint(endpoint, { ask, clock: systemClock, apiKey }, { model, signal });
  let step = await checks.next();
  for (; !step.done; step = await checks.next()) tell(checkLine(step.value));
  const result = step.value;
  tell(`Spent: ${spentText(result.spent)}.`);
  await new EndpointMemory(cache).keepProbe(result);
  if (isUsable(result)) return { stage: 'test-endpoint', ...result };
  const problems = result.checks.filter(({ outcome }) => outcome === 'problem');
  throw new SealongError(
    'endpoint_unusable',
    `${endpoint.baseUrl} cannot be sampled. ${problems.map(({ words }) => words).join(' ')}`,
  );
}
