import { readFile } from 'node:fs/promises';

/**
 * When a process was started, as a text that only this process on this start of the machine has: a process's number is
 * given to another one day. Undefined where the system does not tell (it does on Linux) or the process is gone; `ended`
 * where it has ended and keeps its number until its parent looks, which in a container may be never.
 */
export async function processStart(pid: number): Promise<string | undefined> {
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // The name, in brackets, may hold anything; the state is the field after it, the start the 20th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = fields[19];
    if (fields[0] === 'Z' || fields[0] === 'X') return 'ended';
    return ticks === undefined ? undefined : `${boot.trim()} ${ticks}`;
  } catch {
    return undefined;
  }
}
