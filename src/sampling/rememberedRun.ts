import type { Clock } from '../clock.ts';
import type { EndpointMemory } from '../endpoint/endpointMemory.ts';
import { RateMeter } from '../endpoint/rateMeter.ts';
import { SealongError } from '../errors.ts';
import type { Stage } from '../stage.ts';
import type { SamplingEstimate } from './estimate.ts';

/**
 * Runs sampling and remembers how fast it went, for the estimate of the next run on that endpoint. Also a run that is
 * cancelled or fails has measured a rate.
 */
export async function* rememberedRun<Summary>(
  stage: Stage<Summary>,
  ports: { memory: EndpointMemory; clock: Clock },
  of: { baseUrl: string; model: string },
): Stage<Summary> {
  const meter = new RateMeter();
  let estimate: SamplingEstimate | undefined;
  try {
    for await (const event of stage) {
      if (event.type === 'progress') {
        meter.add(event, ports.clock.now().getTime());
        estimate ??= event.estimate;
      }
      yield event;
    }
  } finally {
    const samplesPerSecond = meter.samplesPerSecond();
    if (samplesPerSecond !== undefined && estimate !== undefined && estimate.samples > 0)
      // The samples are what counts: without a rate the next estimate says that it knows none.
      await ports.memory
        .keepRate({
          base_url: of.baseUrl,
          model: of.model,
          samples_per_second: samplesPerSecond,
          prompt_tokens: estimate.uncachedPromptTokens / estimate.samples,
          measured_at: ports.clock.now().toISOString(),
        })
        .catch(onlyFileErrors);
  }
}

function onlyFileErrors(error: unknown): void {
  if (!(error instanceof SealongError)) throw error;
}
