import { seededRandom } from '../random.ts';
import { parameterHash } from '../study/canonicalHash.ts';
import type { Study } from '../study/study.ts';
import { loadStrategy, type Strategy } from './strategy.ts';

/** What shapes a sample. N and the endpoint are not part of it: more samples of the same kind can be added. */
export interface SamplingParameters {
  model: string;
  strategy: Strategy;
  temperature: number;
  top_p: number | undefined;
  max_tokens: number;
  seed: number;
}

/** The study's sampling parameters and their hash, which every trajectory carries. */
export async function samplingOf(
  study: Study,
): Promise<{ parameters: SamplingParameters; hash: string }> {
  const { model, strategy, temperature, top_p, max_tokens, seed } = study.config.sampling;
  const loaded = await loadStrategy(study, strategy);
  const { template, instruction } = loaded;
  const hash = parameterHash({
    model,
    template,
    instruction,
    temperature,
    top_p,
    max_tokens,
    seed,
  });
  return {
    parameters: { model, strategy: loaded, temperature, top_p, max_tokens, seed },
    hash,
  };
}

/** Seed of one sample (31 bits): a server that honours seeds gives the same sample again, whatever the order. */
export function sampleSeed(seed: number, questionId: string, index: number): number {
  return seededRandom(seed, 'sample', questionId, index).below(2 ** 31);
}
