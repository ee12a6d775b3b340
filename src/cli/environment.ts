import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../cacheFolder.ts';
import { withVersion } from '../endpoint/baseUrl.ts';
import type { EndpointProfile } from '../endpoint/endpointProfile.ts';
import { SealongError } from '../errors.ts';
import { serveEmbedded } from '../inference/serve.ts';
import type { StageEnvironment } from '../stageRequest.ts';
import { isServerId } from '../training/jobRecord.ts';
import { commandClusters } from './clusters.ts';
import { withServer } from './serveOnCluster.ts';

const DEFAULT_CONCURRENCY = 64;
/** The embedded model takes one request at a time. */
const EMBEDDED_CONCURRENCY = 8;

/** Stands in place of a base URL for the model on this machine. */
const EMBEDDED = 'embedded';

export interface EndpointFlags {
  /** Base URLs of the replicas of one server, or `embedded`. */
  endpoints: readonly string[];
  concurrency?: number | undefined;
  maxChoices?: number | undefined;
  /** The trainer's Python. */
  python?: string | undefined;
}

/** Says something to the user: what answers a verb has stdout for itself. */
export function tell(message: string): void {
  process.stderr.write(`${message}\n`);
}

/** What the command takes from flags and the environment. */
export function commandEnvironment(flags: EndpointFlags): StageEnvironment {
  const { HF_TOKEN, SEALONG_API_KEY, SEALONG_EMBEDDED, SEALONG_ENDPOINT, SEALONG_TRAINER_PYTHON } =
    process.env;
  const endpoint = endpointOf({
    ...flags,
    endpoints: flags.endpoints.length > 0 ? flags.endpoints : [SEALONG_ENDPOINT ?? ''],
  });
  return {
    ...(endpoint ? { endpoint } : {}),
    ...(SEALONG_API_KEY ? { apiKey: SEALONG_API_KEY } : {}),
    ...(SEALONG_EMBEDDED ? { embeddedFolder: SEALONG_EMBEDDED } : {}),
    ...(HF_TOKEN ? { hubToken: HF_TOKEN } : {}),
    endpointCache: cacheFolder(),
    modelCache: join(cacheFolder(), 'hub'),
    clusters: commandClusters(tell),
    allowDownload: true,
    trainer: trainerOf(flags.python ?? SEALONG_TRAINER_PYTHON),
    embeddingWorker: new URL('./embeddingWorker.js', import.meta.url).href,
    tokenWorker: new URL('./tokenWorker.js', import.meta.url).href,
  };
}

/**
 * The package lies beside the bundles, and beside `src` where this runs from source; its Python is the one named, or that
 * of trainer/setup.sh.
 */
function trainerOf(named: string | undefined): { folder: string; python?: string } {
  const [beside, above] = ['../trainer', '../../trainer'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  ) as [string, string];
  const folder = existsSync(join(beside, 'sealong_trainer')) ? beside : above;
  const own = join(folder, '.venv', 'bin', 'python');
  const python = named ?? (existsSync(own) ? own : undefined);
  return python === undefined ? { folder } : { folder, python };
}

/** @throws SealongError `usage` where the embedded model is one of several replicas. */
function endpointOf({
  endpoints,
  concurrency,
  maxChoices,
}: EndpointFlags): EndpointProfile | undefined {
  const urls = endpoints
    .flatMap((value) => value.split(','))
    .map((url) => url.trim())
    .filter((url) => url !== '');
  const [baseUrl, ...replicas] = urls.map(withVersion);
  if (baseUrl === undefined) return undefined;
  if (replicas.length > 0 && urls.includes(EMBEDDED))
    throw new SealongError(
      'usage',
      'Wrong use: --endpoint embedded stands alone. Name several addresses only for replicas of one server.',
    );
  const most = baseUrl === EMBEDDED ? EMBEDDED_CONCURRENCY : DEFAULT_CONCURRENCY;
  return {
    ...(baseUrl === EMBEDDED ? { name: EMBEDDED } : {}),
    baseUrl,
    replicas,
    limits: {
      maxConcurrency: concurrency ?? most,
      ...(maxChoices === undefined ? {} : { maxChoices }),
    },
  };
}

export function serveOptions(port: number, signal: AbortSignal) {
  const { SEALONG_EMBEDDED } = process.env;
  if (!SEALONG_EMBEDDED)
    throw new SealongError(
      'no_embedded_model',
      'The embedded model is not set up. Run "npm start" in a checkout of SeaLong, or set SEALONG_EMBEDDED to its folder.',
    );
  return {
    embeddedFolder: SEALONG_EMBEDDED,
    port,
    stateFile: join(cacheFolder(), 'embedded-server.json'),
    signal,
    log: tell,
  };
}

/**
 * Runs with the endpoint ready: for `embedded`, the server that runs already, or one for the time of this run; for the id of a
 * study's server on a cluster, a tunnel to it for the time of this run.
 */
export async function withEndpoint<T>(
  environment: StageEnvironment,
  options: { study?: string; signal: AbortSignal; tell: (message: string) => void },
  use: (environment: StageEnvironment, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { endpoint } = environment;
  const { signal } = options;
  if (endpoint && isServerId(endpoint.baseUrl)) return withServer(environment, options, use);
  if (endpoint?.baseUrl !== EMBEDDED) return use(environment, signal);
  const stop = new AbortController();
  const { url, closed, reused } = await serveEmbedded(
    serveOptions(0, AbortSignal.any([signal, stop.signal])),
  );
  try {
    const ready = { ...environment, endpoint: { ...endpoint, baseUrl: withVersion(url) } };
    return await use(ready, signal);
  } finally {
    stop.abort();
    if (!reused) await closed;
  }
}
