import { stat } from 'node:fs/promises';
import { SealongError } from '../../errors.ts';
import { hashOfFile } from '../../records/hashOfFile.ts';
import type { SshHost } from '../ssh/sshHost.ts';
import { byRsync, bySftp, canRsync } from './programs.ts';

/**
 * Brings one file here, going on with what an earlier try left.
 *
 * @returns its length in bytes.
 * @throws SealongError `download_damaged`; the damaged copy is gone on the next try.
 */
export async function download(
  host: SshHost,
  file: { remote: string; local: string; sha256: string | undefined },
  signal: AbortSignal,
): Promise<number> {
  const there = await stat(file.local).then(
    ({ size }) => size,
    () => undefined,
  );
  if (there === undefined || (await hashOfFile(file.local)) !== file.sha256) {
    const fetch = (await canRsync(host, signal)) ? byRsync : bySftp;
    await fetch(host, { from: { remote: file.remote }, to: { local: file.local } }, signal);
  }
  const sha256 = await hashOfFile(file.local);
  if (sha256 !== file.sha256)
    throw new SealongError(
      'download_damaged',
      `${file.remote} of ${host.host} arrived damaged, or changed while it was read. Run this again.`,
    );
  return (await stat(file.local)).size;
}
