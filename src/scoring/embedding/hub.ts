import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SealongError, fileError, messageOf, systemCodeOf } from '../../errors.ts';
import type {
  DownloadProgress,
  HubDownload,
  HubFile,
  WorkerHubModel,
} from '../../protocol/embedding.ts';
import { digestOf } from '../../study/canonicalHash.ts';
import { EXTERNAL_DATA, MODEL_FILES, SENTENCE_FILES } from './modelFolder.ts';

/** How a hub is reached. */
export interface HubAccess {
  /** Base address. */
  host: string;
  /** Path of a file's folder, with {model} and {revision}. */
  pathTemplate: string;
  fetch: typeof fetch;
  /** Sent to `host` alone; fetch drops it at a redirect to another host. */
  token?: string | undefined;
}

/** Written last, so that a folder with it is complete. */
export const COMPLETE = 'download.json';

/** Where a model of the hub is kept: one folder a revision, in the layout of transformers.js. */
export function hubFolder({ cacheDir, hubId, revision }: WorkerHubModel): string {
  return join(cacheDir, ...hubId.split('/'), encodeURIComponent(revision));
}

/**
 * Asks the hub which files a model has and how large they are.
 *
 * @throws SealongError `hub_unreachable`, `unknown_model`, `not_transformers_js`, `hub_error`.
 */
export async function listHubFiles(
  access: HubAccess,
  model: WorkerHubModel,
  signal: AbortSignal,
): Promise<HubDownload> {
  checkHubId(model.hubId);
  const files: HubFile[] = [];
  const optional: string[] = [EXTERNAL_DATA, ...SENTENCE_FILES];
  for (const path of [...Object.values(MODEL_FILES), ...optional]) {
    // Addresses that a hub redirects to are often signed for GET alone, so this is no HEAD.
    const response = await request(access, model, path, { range: 'bytes=0-0' }, signal);
    await response.body?.cancel();
    if (response.ok || response.status === 416) {
      files.push({ path, bytes: wholeSize(response), tag: response.headers.get('etag') });
      continue;
    }
    if (response.status === 404 && optional.includes(path)) continue;
    throw failed(access, model, path, response.status);
  }
  const bytes = files.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
  return { hubId: model.hubId, revision: model.revision, host: access.host, files, bytes };
}

/**
 * Fetches a model into its folder. A file appears under its name when it is whole; one that was interrupted goes on where
 * it stopped, if the hub still has the same content.
 *
 * @returns the folder.
 * @throws SealongError as {@link listHubFiles}, and `disk_full`, `read_only`; the signal's reason when it is aborted.
 */
export async function downloadModel(
  access: HubAccess,
  model: WorkerHubModel,
  progress: (progress: DownloadProgress) => void,
  signal: AbortSignal,
): Promise<string> {
  const folder = hubFolder(model);
  const { host } = access;
  const download = await listHubFiles(access, model, signal);
  let before = 0;
  for (const file of download.files) {
    const path = join(folder, file.path);
    if (file.bytes === null || (await existingSize(path)) !== file.bytes)
      await fetchFile(access, model, file, path, signal, (fileBytes) => {
        const doneBytes = before + fileBytes;
        progress({
          host,
          file: file.path,
          doneBytes,
          totalBytes: Math.max(download.bytes, doneBytes),
        });
      });
    before += (await existingSize(path)) ?? 0;
    progress({
      host,
      file: file.path,
      doneBytes: before,
      totalBytes: Math.max(download.bytes, before),
    });
  }
  const { hubId, revision, files } = download;
  await writeFile(
    join(folder, COMPLETE),
    `${JSON.stringify({ hub_id: hubId, revision, files })}\n`,
  );
  return folder;
}

async function fetchFile(
  access: HubAccess,
  model: WorkerHubModel,
  file: HubFile,
  path: string,
  signal: AbortSignal,
  progress: (bytes: number) => void,
): Promise<void> {
  // Named after the content, so that nothing is appended to the beginning of another version.
  const part = `${path}.${digestOf(file.tag ?? '')}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const start = (await existingSize(part)) ?? 0;
    const resumable = file.tag !== null && start > 0 && file.bytes !== null && start < file.bytes;
    const range = resumable ? { range: `bytes=${start}-` } : {};
    const response = await request(access, model, file.path, range, signal);
    if (!response.ok || !response.body) throw failed(access, model, file.path, response.status);
    let bytes = resumable && response.status === 206 ? start : 0;
    const output = await open(part, bytes > 0 ? 'a' : 'w');
    try {
      for await (const chunk of chunksOf(response.body)) {
        await output.write(chunk);
        bytes += chunk.byteLength;
        progress(bytes);
      }
      await output.datasync();
    } finally {
      await output.close();
    }
    bytes = (await existingSize(part)) ?? bytes;
    if (file.bytes !== null && bytes !== file.bytes) {
      await rm(part, { force: true });
      throw new SealongError(
        'hub_error',
        `${file.path} of ${model.hubId} from ${access.host} has ${bytes} bytes instead of ${file.bytes}. Try again.`,
      );
    }
    await rename(part, path);
  } catch (error) {
    signal.throwIfAborted();
    const known = fileError('write', path, error);
    throw known instanceof SealongError ? known : unreachable(access, model, error);
  }
}

async function request(
  access: HubAccess,
  model: WorkerHubModel,
  path: string,
  extraHeaders: Record<string, string>,
  signal: AbortSignal,
): Promise<Response> {
  const folder = access.pathTemplate
    .replaceAll('{model}', model.hubId)
    .replaceAll('{revision}', encodeURIComponent(model.revision));
  const headers: Record<string, string> = {
    // A compressed answer would have no length to check.
    'accept-encoding': 'identity',
    ...(access.token ? { authorization: `Bearer ${access.token}` } : {}),
    ...extraHeaders,
  };
  try {
    return await access.fetch(`${base(access)}/${folder}${path}`, { headers, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(access, model, error);
  }
}

function base(access: HubAccess): string {
  return access.host.replace(/\/+$/, '');
}

const REMEDY =
  'Connect to it once (HF_ENDPOINT names a mirror), or name a folder with the model in scoring.embedding.model of sealong.json.';

function unreachable(access: HubAccess, model: WorkerHubModel, error: unknown): SealongError {
  const why = systemCodeOf(error) ?? messageOf(error);
  return new SealongError(
    'hub_unreachable',
    `The model ${model.hubId} is not on this machine, and ${access.host} cannot be reached (${why}). ${REMEDY}`,
    { cause: error },
  );
}

function failed(
  access: HubAccess,
  model: WorkerHubModel,
  path: string,
  status: number,
): SealongError {
  if (status === 404 && path !== MODEL_FILES.config)
    return new SealongError(
      'not_transformers_js',
      `${model.hubId} on ${access.host} has no ${path}, so it is not in the layout of transformers.js. Choose a repository with an ONNX version of the model, or name a folder with one.`,
    );
  if (status === 401 || status === 403 || status === 404)
    return new SealongError(
      'unknown_model',
      `${access.host} has no model ${model.hubId} (revision ${model.revision}), or it is private (${status}). Check scoring.embedding.model in sealong.json; for a private model set HF_TOKEN.`,
    );
  return new SealongError(
    'hub_error',
    `${access.host} answered ${status} for ${path} of ${model.hubId}. Try again later. ${REMEDY}`,
  );
}

/** Ids become paths, so nothing but the hub's own form is taken. */
export function checkHubId(hubId: string): void {
  if (/^[\w-][\w.-]*(\/[\w-][\w.-]*)?$/.test(hubId) && !hubId.includes('..')) return;
  throw new SealongError(
    'unknown_model',
    `"${hubId}" is neither a folder nor a model id of a hub (OWNER/NAME). Check scoring.embedding.model in sealong.json.`,
  );
}

function wholeSize(response: Response): number | null {
  const size =
    response.status === 200
      ? response.headers.get('content-length')
      : response.headers.get('content-range')?.split('/').at(-1);
  return size === null || size === undefined || !/^\d+$/.test(size) ? null : Number(size);
}

// The declared type of a body says nothing of its chunks.
function chunksOf(body: ReadableStream): AsyncIterable<Uint8Array> {
  return body;
}

async function existingSize(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}
