import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SealongError } from '../../errors.ts';
import { quoted } from '../ssh/remoteScript.ts';
import { runProcess } from '../ssh/runProcess.ts';
import { sshFailure } from '../ssh/sshFailure.ts';
import type { SshHost } from '../ssh/sshHost.ts';

type End = { local: string } | { remote: string };
/** One file, from one side to the other. */
export interface Transfer {
  from: End;
  to: End;
}

/** Whether rsync is on both sides; asked once a host. */
export async function canRsync(host: SshHost, signal: AbortSignal): Promise<boolean> {
  const known = asked.get(host);
  if (known !== undefined) return known;
  const here = await runProcess('rsync', ['--version'], { signal }).then(
    ({ status }) => status === 0,
    (error: unknown) => {
      if (error instanceof SealongError && error.code === 'program_missing') return false;
      throw error;
    },
  );
  const both = here && (await host.run('command -v rsync', {}, signal)).status === 0;
  asked.set(host, both);
  return both;
}
const asked = new WeakMap<SshHost, boolean>();

/** Goes on with what an earlier try left at the other end, after comparing it. */
export async function byRsync(
  host: SshHost,
  { from, to }: Transfer,
  signal: AbortSignal,
): Promise<void> {
  if (asked.get(host) === false) return bySftp(host, { from, to }, signal);
  const end = (side: End) => ('local' in side ? side.local : `${host.host}:${side.remote}`);
  const outcome = await host.inTurn(signal, async () => {
    // rsync splits the command that it is given at blanks; the path of a script in our own folder has none.
    const shell = join(host.folder, 'rsh');
    await writeFile(shell, `exec ssh ${host.sshArguments.map(quoted).join(' ')} "$@"\n`);
    const options = ['--secluded-args', '--partial', '--append-verify', '--chmod=u+rw'];
    return runProcess('rsync', [...options, '-e', `sh ${shell}`, '--', end(from), end(to)], {
      env: host.environment,
      signal,
    });
  });
  if (outcome.status === 0) return;
  if (!SHELL_TALKS.test(outcome.stderr))
    throw transferFailure(host, outcome.stderr, outcome.status);
  // sftp may come by another way than the login shell.
  asked.set(host, false);
  await bySftp(host, { from, to }, signal);
}

export async function bySftp(
  host: SshHost,
  { from, to }: Transfer,
  signal: AbortSignal,
): Promise<void> {
  const verb = 'local' in from ? 'put' : 'get';
  const name = (side: End) => sftpQuoted('local' in side ? side.local : side.remote);
  const outcome = await host.inTurn(signal, () =>
    runProcess('sftp', [...host.sshArguments, '-q', '-b', '-', '--', host.host], {
      input: `${verb} ${name(from)} ${name(to)}\n`,
      env: host.environment,
      signal,
    }),
  );
  if (outcome.status !== 0) throw transferFailure(host, outcome.stderr, outcome.status);
}

/** In double quotes sftp takes no character for a pattern. */
function sftpQuoted(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&')}"`;
}

/** A login shell that greets where nobody listens breaks what rsync and sftp say to one another. */
const SHELL_TALKS = /is your shell clean|protocol version mismatch|Received message too long/;

const DISK_FULL = /No space left on device|Disk quota exceeded|write failed|remote write.*Failure/i;

function transferFailure(host: SshHost, stderr: string, status: number | null): SealongError {
  if (DISK_FULL.test(stderr))
    return new SealongError(
      'disk_full',
      `A disk is full, here or on ${host.host}, or your quota there is used up: ${lastOf(stderr)} Free some space and run this again: what was sent is kept.`,
    );
  if (SHELL_TALKS.test(stderr))
    return new SealongError(
      'shell_talks',
      `Your login shell on ${host.host} writes something where no terminal is, which breaks transfers. Let its start-up files (such as ~/.bashrc) be silent there: put what they print behind "case $- in *i*) ... esac".`,
    );
  const failure = sshFailure(stderr, { host: host.host });
  // rsync: 10, 12 and 30 are cut connections, 255 is ssh's own.
  return failure.code !== 'ssh_dropped' || [10, 12, 30, 255].includes(status ?? -1)
    ? failure
    : new SealongError(
        'transfer_failed',
        `Files could not be moved between here and ${host.host}: ${lastOf(stderr)}`,
      );
}

function lastOf(stderr: string): string {
  return stderr.trim().split('\n').slice(-3).join(' ').slice(0, 400);
}
