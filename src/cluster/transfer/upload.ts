import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { hashOfFile } from '../../records/hashOfFile.ts';
import type { SshHost } from '../ssh/sshHost.ts';
import { byRsync, bySftp, canRsync } from './programs.ts';
import { FINISH_UPLOAD, HASHES } from './transferScripts.ts';

/** A file to send: `remote` is absolute on the host. */
export interface Upload {
  local: string;
  remote: string;
}

export interface UploadPlan extends Upload {
  bytes: number;
  sha256: string;
  /** Whether the host holds it already, to the byte. */
  there: boolean;
}

/** What would be sent, to be seen before anything is. */
export async function planUploads(
  host: SshHost,
  uploads: readonly Upload[],
  signal: AbortSignal,
): Promise<UploadPlan[]> {
  const there = await remoteHashes(
    host,
    uploads.map(({ remote }) => remote),
    signal,
  );
  const plans: UploadPlan[] = [];
  for (const upload of uploads) {
    const sha256 = await hashOfFile(upload.local);
    const { size } = await stat(upload.local);
    plans.push({ ...upload, bytes: size, sha256, there: there.get(upload.remote) === sha256 });
  }
  return plans;
}

/**
 * Sends what is not there yet, beside its place and put in place when its hash holds, so that a job never reads half a
 * file. What a broken connection left is gone on with where rsync is on both sides, and sent anew by sftp otherwise.
 *
 * @throws SealongError `upload_damaged`, `remote_disk_full`, or what is said of the connection.
 */
export async function upload(
  host: SshHost,
  plans: readonly UploadPlan[],
  signal: AbortSignal,
  sent: (bytes: number) => void = () => undefined,
): Promise<void> {
  const missing = plans.filter(({ there }) => !there);
  if (missing.length === 0) return;
  const folders = [...new Set(missing.map(({ remote }) => dirname(remote)))].join('\n');
  await host.mustRun(
    'Making folders',
    `printf '%s\\n' "$folders" | while IFS= read -r one; do mkdir -p -- "$one" || exit 1; done`,
    { folders },
    signal,
  );
  const send = (await canRsync(host, signal)) ? byRsync : bySftp;
  for (const plan of missing) {
    await send(host, { from: { local: plan.local }, to: { remote: partOf(plan) } }, signal);
    await host.mustRun(
      `Checking ${basename(plan.remote)}`,
      FINISH_UPLOAD,
      { part: partOf(plan), remote: plan.remote, sha256: plan.sha256 },
      signal,
    );
    sent(plan.bytes);
  }
}

/** Named by its content: what another version of the file left is not gone on with. */
function partOf({ remote, sha256 }: UploadPlan): string {
  return `${remote}.${sha256.slice(0, 12)}.part`;
}

/** By path, of those that are there. */
export async function remoteHashes(
  host: SshHost,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const stdout = await host.mustRun(
    'Asking for files',
    HASHES,
    { paths: paths.join('\n') },
    signal,
  );
  const hashes = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const [, sha256, path] = /^([0-9a-f]{64}) (\/.*)$/.exec(line) ?? [];
    if (sha256 !== undefined && path !== undefined) hashes.set(path, sha256);
  }
  return hashes;
}
