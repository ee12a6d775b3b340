import { join } from 'node:path';
import { cacheFolder } from '../cacheFolder.ts';
import { withVersion } from '../endpoint/baseUrl.ts';
import { SealongError } from '../errors.ts';
import { serveEmbedded } from '../inference/serve.ts';
import type { StageEnvironment } from '../stageRequest.ts';

const DEFAULT_CONCURRENCY = 8;

/** What the command takes from flags and the environment. */
export function commandEnvironment(flags: {
  endpoint: string | undefined;
  concurrency: number | undefined;
}): StageEnvironment {
  const { HF_TOKEN, SEALONG_API_KEY, SEALONG_EMBEDDED, SEALONG_ENDPOINT } = process.env;
  const endpoint = flags.endpoint ?? SEALONG_ENDPOINT;
  return {
    ...(endpoint !== undefined ? { endpoint: withVersion(endpoint) } : {}),
    ...(SEALONG_API_KEY ? { apiKey: SEALONG_API_KEY } : {}),
    ...(SEALONG_EMBEDDED ? { embeddedFolder: SEALONG_EMBEDDED } : {}),
    ...(HF_TOKEN ? { hubToken: HF_TOKEN } : {}),
    concurrency: flags.concurrency ?? DEFAULT_CONCURRENCY,
    modelCache: join(cacheFolder(), 'hub'),
    allowDownload: true,
    embeddingWorker: new URL('./embeddingWorker.js', import.meta.url).href,
    tokenWorker: new URL('./tokenWorker.js', import.meta.url).href,
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
    log: (message: string) => process.stderr.write(`${message}\n`),
  };
}

/** Runs with the endpoint ready: for `embedded`, the server that runs already, or one for the time of this run. */
export async function withEndpoint<T>(
  environment: StageEnvironment,
  signal: AbortSignal,
  use: (environment: StageEnvironment) => Promise<T>,
): Promise<T> {
  if (environment.endpoint !== 'embedded') return use(environment);
  const stop = new AbortController();
  const { url, closed, reused } = await serveEmbedded(
    serveOptions(0, AbortSignal.any([signal, stop.signal])),
  );
  try {
    return await use({ ...environment, endpoint: withVersion(url) });
  } finally {
    stop.abort();
    if (!reused) await closed;
  }
}
