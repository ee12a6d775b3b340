import { join } from 'node:path';
import * as z from 'zod';
import { SealongError, fileError } from '../errors.ts';
import { writeAtomic } from '../records/writeAtomic.ts';
import { digestOf } from '../study/canonicalHash.ts';
import { readOptional } from '../study/study.ts';
import type { EndpointCapabilities } from './endpointProfile.ts';
import { isUsable, probeResultSchema, type ProbeResult } from './probeResult.ts';

/** How fast the last run on an endpoint went, over its whole time. */
const measuredRateSchema = z.object({
  base_url: z.string(),
  model: z.string(),
  samples_per_second: z.number().positive(),
  /** Mean of the run's prompts: a rate holds for prompts of about this length. */
  prompt_tokens: z.number().nonnegative(),
  measured_at: z.string(),
});
export type MeasuredRate = z.infer<typeof measuredRateSchema>;

/**
 * What is known of endpoints from earlier tests and runs, in the cache folder: the same for the editor and the command. A
 * file that is damaged or of another version counts as none, since everything in it can be found out again.
 */
export class EndpointMemory {
  readonly #folder: string;

  /** @param cache see `cacheFolder`. */
  constructor(cache: string) {
    this.#folder = join(cache, 'endpoints');
  }

  /** The last test of an endpoint. */
  probe(baseUrl: string): Promise<ProbeResult | undefined> {
    return this.#read(this.#path(baseUrl, 'probe'), probeResultSchema);
  }

  /**
   * Keeps a test. One that did not come through (a server that is down) leaves what an earlier one had found.
   *
   * @throws SealongError `disk_full`, `read_only`.
   */
  async keepProbe(result: ProbeResult): Promise<void> {
    const before = isUsable(result) ? undefined : await this.probe(result.base_url);
    await writeJson(this.#path(result.base_url, 'probe'), {
      ...result,
      capabilities: { ...before?.capabilities, ...result.capabilities },
    });
  }

  /** What the last test found, as far as it holds for a model. */
  async capabilities(baseUrl: string, model: string): Promise<EndpointCapabilities> {
    const found = await this.probe(baseUrl);
    if (!found) return {};
    const { contextTokens, ...ofServer } = found.capabilities;
    return found.model === model && contextTokens !== undefined
      ? { ...ofServer, contextTokens }
      : ofServer;
  }

  async rate(baseUrl: string, model: string): Promise<MeasuredRate | undefined> {
    const found = await this.#read(this.#path(baseUrl, 'rate'), measuredRateSchema);
    return found?.model === model ? found : undefined;
  }

  /** @throws SealongError `disk_full`, `read_only`. */
  async keepRate(rate: MeasuredRate): Promise<void> {
    await writeJson(this.#path(rate.base_url, 'rate'), rate);
  }

  #path(baseUrl: string, what: string): string {
    return join(this.#folder, `${digestOf(baseUrl)}.${what}.json`);
  }

  async #read<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
    try {
      const text = await readOptional(path);
      return text === undefined ? undefined : schema.safeParse(JSON.parse(text)).data;
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof SealongError) return undefined;
      throw fileError('read', path, error);
    }
  }
}

async function writeJson(path: string, value: object): Promise<void> {
  await writeAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}
