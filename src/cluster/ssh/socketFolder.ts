import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { systemCodeOf } from '../../errors.ts';

/** Paths of sockets hold 103 bytes on some systems, of which ssh takes 57: no home or TMPDIR is short enough for sure. */
const PLACE = '/tmp';
const NAME = /^sealong-(?:ssh|ask)-(\d+)-\w{6}$/;

/** A new folder that this user alone can enter. Those that ended processes left are removed before, once a process. */
export async function socketFolder(kind: 'ssh' | 'ask'): Promise<string> {
  await (cleared ??= removeAbandoned());
  return mkdtemp(join(PLACE, `sealong-${kind}-${process.pid}-`));
}
let cleared: Promise<void> | undefined;

/** What is in doubt stays: folders of others, links, what somebody else can write to, and what somebody still listens in. */
export async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(PLACE)) {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined || isThere(Number(pid))) continue;
    const path = join(PLACE, name);
    try {
      const entry = await lstat(path);
      const isOurs =
        entry.isDirectory() && entry.uid === process.getuid?.() && (entry.mode & 0o077) === 0;
      if (isOurs && !(await isListenedIn(path))) await rm(path, { recursive: true });
    } catch (error) {
      // Another process removes the same.
      if (systemCodeOf(error) !== 'ENOENT') throw error;
    }
  }
}

/** A process of another container has another number, and may share this folder. */
async function isListenedIn(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true });
  const sockets = entries.filter((entry) => entry.isSocket());
  const answers = await Promise.all(sockets.map(({ name }) => isListened(join(folder, name))));
  return answers.includes(true);
}

function isListened(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => {
      settle(true);
    });
    socket.once('error', () => {
      settle(false);
    });
  });
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCodeOf(error) === 'EPERM';
  }
}
