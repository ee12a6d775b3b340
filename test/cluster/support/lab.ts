import { execFile } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { until } from '../../e2e/support/until.ts';

const run = promisify(execFile);
const SCRIPTS = fileURLToPath(new URL('../lab/', import.meta.url));

export interface LabOptions {
  /** With slurmdbd, without which `sacct` knows nothing. */
  accounting?: boolean;
  /** Login shells, each of a user of its own: `fish` is that of {@link Lab.user} with `-fish` behind. */
  shells?: readonly string[];
  nodes?: number;
  /** After which squeue forgets a job that is over, at the earliest. */
  forgetS?: number;
  /** More of the environment of Slurm's daemons, and of those who log in. */
  environment?: Readonly<Record<string, string>>;
}

/**
 * A cluster on loopback: a jump host and a login host (two sshd), munge, slurmctld and slurmd with eight fake GPUs each. In a
 * folder of its own and on free ports, so that it meets nothing else on the machine.
 */
export class Lab {
  readonly folder: string;
  /** Who logs in: a user of this lab alone, so that several labs meet nothing of each other. */
  readonly user: string;
  readonly ports: Readonly<Record<string, string>>;
  readonly #environment: Readonly<Record<string, string>>;

  private constructor(folder: string, options: LabOptions, ports: Record<string, string>) {
    this.folder = folder;
    this.user = `sealong-lab-${randomBytes(3).toString('hex')}`;
    this.ports = ports;
    this.#environment = {
      LAB: folder,
      LOGIN_USER: this.user,
      ...ports,
      NODES: String(options.nodes ?? 2),
      DBD: options.accounting === true ? '1' : '0',
      MIN_JOB_AGE: String(options.forgetS ?? 600),
      SHELL_USERS: (options.shells ?? []).join(' '),
      LAB_ENV: Object.entries(options.environment ?? {})
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
    };
  }

  static async start(options: LabOptions = {}): Promise<Lab> {
    // Not below TMPDIR: paths of sockets are short, and other users read here.
    const folder = await mkdtemp('/tmp/sealong-lab-');
    await chmod(folder, 0o755);
    const lab = new Lab(folder, options, await freePorts(options.nodes ?? 2));
    try {
      await lab.script('up.sh');
    } catch (error) {
      await lab.stop();
      throw error;
    }
    return lab;
  }

  /** ssh_config with the hosts lab-bastion, lab-login and lab-jump (login behind bastion). */
  get sshConfig(): string {
    return join(this.folder, 'etc/ssh_config');
  }

  get slurmConfig(): string {
    return join(this.folder, 'etc/slurm.conf');
  }

  home(user = this.user): string {
    return join(this.folder, 'home', user);
  }

  /** Runs one of the lab's scripts, or a command of Slurm, in the lab's environment. */
  async script(name: string, ...args: string[]): Promise<string> {
    const { stdout } = await run('bash', [join(SCRIPTS, name), ...args], {
      env: { ...process.env, ...this.#environment },
      timeout: 90_000,
    });
    return stdout;
  }

  async slurm(command: string, ...args: string[]): Promise<string> {
    const { stdout } = await run(command, args, {
      env: { ...process.env, SLURM_CONF: this.slurmConfig },
      timeout: 30_000,
    });
    return stdout;
  }

  /**
   * Lets a job that was put back start at once. Slurm waits for two minutes; a node takes no job anew in the second in which it
   * gave it up, so that its earlier start has to be over for a while.
   */
  async startNow(id: string): Promise<void> {
    const pending = async () =>
      (await this.slurm('squeue', '-h', '-t', 'all', '-j', id, '-o', '%T')).startsWith('PENDING');
    await until('the end of the earlier start', pending);
    await delay(2500);
    await until('the new start', async () => {
      if (!(await pending())) return true;
      const update = this.slurm('scontrol', 'update', `JobId=${id}`, 'StartTime=now');
      await update.catch((error: unknown) => {
        if (!String(error).includes('no longer pending')) throw error;
      });
      await delay(1000);
      return false;
    });
  }

  /**
   * Ends a daemon that the lab started, by its name (`sshd_login`, `slurmctld`, ...), and waits until it is gone: one that is
   * told to end still answers. `up.sh` starts it again.
   */
  async kill(daemon: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const recorded = await readFile(join(this.folder, 'run', `${daemon}.pid`), 'utf8');
    const pid = Number(recorded.split(' ')[0]);
    process.kill(pid, signal);
    for (let tries = 0; isThere(pid); tries++) {
      if (tries > 300) throw new Error(`${daemon} does not end at ${signal}.`);
      await delay(50);
    }
  }

  /** Ends every connection to the login host, as a network that goes away does; new ones are taken. */
  async cutConnections(): Promise<number> {
    const recorded = await readFile(join(this.folder, 'run/sshd_login.pid'), 'utf8');
    const sessions = await childrenOf([recorded.split(' ')[0] ?? '']);
    // A session of another user than root is served by a process below its own.
    const pids = [...sessions, ...(await childrenOf(sessions))];
    for (const pid of pids) endNow(Number(pid));
    return pids.length;
  }

  /** Puts a script in front of a program of the hosts, for those who log in; `$real` is the program itself. */
  async wrap(program: string, script: string): Promise<void> {
    const file = join(this.folder, 'bin', program);
    await writeFile(file, `#!/bin/sh\nreal=/usr/bin/${program}\n${script}\n`);
    await chmod(file, 0o755);
  }

  async unwrap(program: string): Promise<void> {
    await rm(join(this.folder, 'bin', program), { force: true });
  }

  /** An empty file that every user writes to. */
  async openFile(path: string): Promise<void> {
    await writeFile(path, '');
    await chmod(path, 0o666);
  }

  /** ssh_config whose login host is reached through another port of this machine. */
  configThrough(port: number): Promise<string> {
    const lines = [
      'Host lab-login lab-root',
      `  Port ${port}`,
      `  HostKeyAlias [127.0.0.1]:${this.ports['P_LOGIN']}`,
    ];
    return this.configWith(`through-${port}`, lines);
  }

  /** A copy of ssh_config with lines put before all others, which therefore win. */
  async configWith(name: string, lines: readonly string[]): Promise<string> {
    const file = join(this.folder, 'etc', name);
    await writeFile(file, `${lines.join('\n')}\n${await readFile(this.sshConfig, 'utf8')}`);
    return file;
  }

  async stop(): Promise<void> {
    await this.script('down.sh', '--purge');
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function childrenOf(pids: readonly string[]): Promise<string[]> {
  if (pids.length === 0) return [];
  const { stdout } = await run('pgrep', ['-x', 'sshd', '-P', pids.join(',')]).catch(() => ({
    stdout: '',
  }));
  return stdout.split('\n').filter(Boolean);
}

/** Kills a process, which may have ended with the one above it. */
export function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

async function freePorts(nodes: number): Promise<Record<string, string>> {
  const names = ['P_BASTION', 'P_LOGIN', 'P_CTLD', 'P_DBD', 'P_DB', 'P_SLURMD'];
  const first = await freeRange(names.length + nodes);
  // Last are the daemons of the nodes, which take ports one after the other.
  return Object.fromEntries(names.map((name, position) => [name, String(first + position)]));
}

/**
 * Below the ports that the system gives to connections: one of those could be taken again before a daemon listens there.
 *
 * @returns the first of so many free ports in a row.
 */
async function freeRange(length: number): Promise<number> {
  for (;;) {
    const first = randomInt(15_000, 32_000);
    const tries = Array.from({ length }, (_, step) => listenOnce(first + step));
    if ((await Promise.allSettled(tries)).every(({ status }) => status === 'fulfilled'))
      return first;
  }
}

function listenOnce(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve();
      });
    });
  });
}
