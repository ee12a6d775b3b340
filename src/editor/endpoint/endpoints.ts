import * as z from 'zod';
import { withVersion } from '../../endpoint/baseUrl.ts';
import type { EndpointProfile } from '../../endpoint/endpointProfile.ts';
import { SealongError } from '../../errors.ts';
import { issuesText } from '../../records/jsonl.ts';
import type { RunRecord } from '../../study/runRecord.ts';

/** An inference server by a name the user gave it; never part of a study. */
export interface Endpoint extends EndpointProfile {
  name: string;
  from: 'settings' | 'environment' | 'embedded';
}

/** The names that are not the user's to give. */
export const EMBEDDED = 'embedded';
export const ENVIRONMENT = 'environment';

/** What the number in flight grows to where a server takes it; it begins low. */
const DEFAULT_CONCURRENCY = 64;

/** More than the embedded model computes at once would only wait there. */
const EMBEDDED_CONCURRENCY = 8;

const url = z
  .url({ protocol: /^https?$/, error: 'write an address as http://host:port/v1' })
  .refine((value) => {
    const { username = '', password = '' } = URL.canParse(value) ? new URL(value) : {};
    return username === '' && password === '';
  }, 'leave the password out; "SeaLong: Set API Key" keeps keys');
const price = z.number().nonnegative();
const prices = z.strictObject({
  prompt: price,
  cached: price.exactOptional(),
  completion: price,
  currency: z.string().exactOptional(),
});

/** One of the setting `sealong.endpoints`; a word that is not known is named, as it is likely a slip. */
const endpointSchema = z
  .strictObject(
    {
      base_url: url,
      replicas: z.array(url).optional(),
      model: z.string().min(1).optional(),
      concurrency: z.number().int().min(1).max(4096).optional(),
      max_choices: z.number().int().min(1).max(1024).optional(),
      timeout_s: z.number().min(1).max(86_400).optional(),
      prices: prices.optional(),
    },
    {
      error: (issue) =>
        issue.code === 'unrecognized_keys' && issue.keys.some((key) => /key|token|auth/i.test(key))
          ? 'settings hold no keys; "SeaLong: Set API Key" keeps them'
          : undefined,
    },
  )
  .transform(({ base_url, replicas, model, concurrency, max_choices, timeout_s, prices }) => ({
    baseUrl: withVersion(base_url),
    ...(replicas && replicas.length > 0 ? { replicas: replicas.map(withVersion) } : {}),
    ...(model === undefined ? {} : { model }),
    limits: {
      maxConcurrency: concurrency ?? DEFAULT_CONCURRENCY,
      ...(max_choices === undefined ? {} : { maxChoices: max_choices }),
      ...(timeout_s === undefined ? {} : { timeoutMs: timeout_s * 1000 }),
    },
    ...(prices === undefined ? {} : { prices }),
  }));

export interface EndpointSources {
  /** The setting `sealong.endpoints` as it stands. */
  configured: unknown;
  /** The setting `sealong.endpoint`. */
  selected: string;
  /** SEALONG_ENDPOINT. */
  environment: string | undefined;
  /** Base URL of the embedded server, while it runs. */
  embedded: string | undefined;
}

/** All endpoints that can be selected; what is wrong in the settings is named, and the rest is used. */
export function knownEndpoints(sources: EndpointSources): {
  endpoints: Endpoint[];
  problems: string[];
} {
  const endpoints: Endpoint[] = [];
  const problems: string[] = [];
  const add = (name: string, value: unknown, from: Endpoint['from']) => {
    const parsed = endpointSchema.safeParse(value);
    if (parsed.success) endpoints.push({ name, ...parsed.data, from });
    else problems.push(`The endpoint "${name}" is not usable: ${issuesText(parsed.error.issues)}.`);
  };
  if (sources.embedded !== undefined)
    add(EMBEDDED, { base_url: sources.embedded, concurrency: EMBEDDED_CONCURRENCY }, EMBEDDED);
  // A set-up that starts the embedded server may name it in the environment as well: that is one endpoint.
  const isEmbedded = (url: string) =>
    sources.embedded !== undefined && URL.canParse(url) && withVersion(url) === sources.embedded;
  if (sources.environment && !isEmbedded(sources.environment))
    add(ENVIRONMENT, { base_url: sources.environment }, ENVIRONMENT);
  if (typeof sources.configured === 'object' && sources.configured !== null)
    for (const [name, value] of Object.entries(sources.configured))
      // Settings made for the embedded server before may name an address that it no longer has.
      if (!endpoints.some((endpoint) => endpoint.name === name)) add(name, value, 'settings');
  return { endpoints, problems };
}

/**
 * The endpoint in use: the selected one; else that of the environment, the embedded one, or the only one.
 *
 * @throws SealongError `no_endpoint`.
 */
export function selectedEndpoint(sources: EndpointSources): Endpoint {
  const { endpoints, problems } = knownEndpoints(sources);
  if (sources.selected !== '') {
    const found = endpoints.find(({ name }) => name === sources.selected);
    if (found) return found;
    throw new SealongError(
      'no_endpoint',
      sources.selected === EMBEDDED
        ? 'The embedded model is selected as endpoint and does not run. Start it, or select another endpoint.'
        : `The selected endpoint "${sources.selected}" is not usable. ${problems.join(' ')} Select another, or add it to the setting sealong.endpoints.`,
    );
  }
  const byDefault =
    endpoints.find(({ from }) => from === 'environment') ??
    endpoints.find(({ from }) => from === 'embedded') ??
    (endpoints.length === 1 ? endpoints[0] : undefined);
  if (byDefault) return byDefault;
  throw new SealongError(
    'no_endpoint',
    'No endpoint is selected. Select an inference server, or start the embedded model.',
  );
}

/** The endpoint that a run was on: of its name, else of its address, which is all that the command knows. */
export function sameEndpoint(
  endpoints: readonly Endpoint[],
  of: RunRecord['endpoint'],
): Endpoint | undefined {
  return (
    endpoints.find(({ name }) => name === of.name) ??
    endpoints.find(({ baseUrl }) => baseUrl === of.base_url)
  );
}

/** Whether requests stay on this machine. */
export function isLoopback(baseUrl: string): boolean {
  const { hostname } = new URL(baseUrl);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Where an API key may be sent. */
export function originOf(baseUrl: string): string {
  return new URL(baseUrl).origin;
}
