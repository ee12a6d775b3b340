import { seededRandom } from '../random.ts';

/** The seed of choice `index` of a request: choices differ, and a choice does not depend on how many were asked for. */
export function choiceSeed(seed: number, index: number): number {
  return seededRandom('choice', seed, index).uint32();
}
