import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SealongError } from '../../errors.ts';
import { diskFull } from './diskFull.ts';
import { remoteOutcome, remoteScript } from './remoteScript.ts';
import { runProcess, type ProcessOutcome } from './runProcess.ts';
import { socketFolder } from './socketFolder.ts';
import { sshFailure } from './sshFailure.ts';
import { SshMaster } from './sshMaster.ts';

export interface SshOptions {
  /** What ssh is given: an alias of ssh_config, or user@host. */
  host: string;
  /** Another ssh_config than the user's. */
  configFile?: string;
  /**
   * Environment that lets ssh ask (SSH_ASKPASS and its kin); without it ssh asks on the terminal where there is one, and
   * otherwise does not ask.
   */
  askpass?: Readonly<Record<string, string>>;
  /** Whether ssh may ask on the terminal of this process. */
  terminal?: boolean;
  /** {@link SshHost.folder} of a connection to this host that somebody else keeps: it is shared while it stands. */
  borrow?: string | undefined;
  connectTimeoutS?: number;
}

export interface RemoteResult {
  stdout: string;
  bytes: Buffer;
  stderr: string;
  /** The script's own. */
  status: number;
}

/** sshd takes ten sessions on a connection as it comes (MaxSessions); rsync needs one as well. */
const SESSIONS = 6;
/** Of a host that takes fewer ssh says so, and tries a connection of its own, which may have to ask or be refused. */
const REFUSED = 'Session open refused by peer';
const REFUSALS_BEFORE_BARE = 2;
/** What such a host needs to see that a session is over; longer with each time that it had not. */
const TIGHT_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;
/** What goes on for so long was taken. */
const TAKEN_MS = 2_000;
const CONNECT_TIMEOUT_S = 20;
/** A link that is cut without a word is noticed after ALIVE_S x ALIVE_COUNT seconds. */
const ALIVE_S = 3;
const ALIVE_COUNT = 2;
const CANCEL_MS = 2_000;

/**
 * A host behind the user's own ssh, so that ssh_config, ProxyJump, agents, hardware keys, Kerberos and known_hosts hold. All
 * calls share one multiplexed connection, which ends with {@link close}.
 */
export class SshHost {
  readonly host: string;
  readonly #options: SshOptions;
  #folder: string;
  /** The connection is somebody else's. */
  #borrowed: boolean;
  #leaving: Promise<void> | undefined;
  /** Ways that were made over a borrowed connection. */
  readonly #ways = new Set<string>();
  #master: Promise<SshMaster> | undefined;
  readonly #closing = new AbortController();
  #running = 0;
  /** At once: one at first, and one more with each that ended or goes on, since one that is refused may ask the user. */
  #sessions = 1;
  /** Fewer where the host was seen to take fewer. */
  #mostSessions = SESSIONS;
  /** How often there was no room for a single one. */
  #refusedAlone = 0;
  /** The connection itself holds none: where the host takes one alone. */
  #bare = false;
  #pauseMs = TIGHT_PAUSE_MS;
  readonly #waiting: (() => void)[] = [];

  private constructor(options: SshOptions, folder: string) {
    this.host = options.host;
    this.#options = options;
    this.#folder = folder;
    this.#borrowed = options.borrow !== undefined;
  }

  /** Which host of which configuration: connections with the same lead to the same. */
  get target(): string {
    return JSON.stringify([this.host, this.#options.configFile ?? null]);
  }

  /** Of this connection, on this machine; its path is short and has no blanks. */
  get folder(): string {
    return this.#folder;
  }

  /** @throws SealongError `bad_host` where the name could be taken for an option of ssh. */
  static async open(options: SshOptions): Promise<SshHost> {
    if (!/^[^\s\p{Cc}-][^\s\p{Cc}]*$/u.test(options.host))
      throw new SealongError(
        'bad_host',
        `"${options.host}" is no host: name an entry of your ssh_config, or user@host.`,
      );
    return new SshHost(options, options.borrow ?? (await socketFolder('ssh')));
  }

  /** Arguments that reach this host, before its name; also for programs that call ssh themselves, such as rsync. */
  get sshArguments(): string[] {
    const { configFile, askpass, terminal, connectTimeoutS } = this.#options;
    const mayAsk = askpass !== undefined || terminal === true;
    const options = {
      BatchMode: mayAsk ? 'no' : 'yes',
      ControlPath: join(this.folder, '%C'),
      ControlPersist: 'no',
      ConnectTimeout: String(connectTimeoutS ?? CONNECT_TIMEOUT_S),
      ServerAliveInterval: String(ALIVE_S),
      ServerAliveCountMax: String(ALIVE_COUNT),
      // Without somebody to ask, an unknown key is refused; a changed one always is.
      StrictHostKeyChecking: mayAsk ? 'ask' : 'yes',
      // A box says what was not taken, and asks again: nothing else of what the user was doing is lost.
      NumberOfPasswordPrompts: askpass === undefined ? '1' : '3',
      ForwardAgent: 'no',
      ForwardX11: 'no',
      PermitLocalCommand: 'no',
      RequestTTY: 'no',
    };
    return [
      ...(configFile === undefined ? [] : ['-F', configFile]),
      ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    ];
  }

  get environment(): NodeJS.ProcessEnv {
    const { askpass } = this.#options;
    // The program that asks says for which host.
    const asked = askpass && { ...askpass, SEALONG_ASKPASS_HOST: this.host };
    return { ...process.env, LC_ALL: 'C', ...asked };
  }

  /**
   * Runs a POSIX shell script on the host; `values` are its variables.
   *
   * @throws SealongError what {@link sshFailure} says where the script's end did not arrive. Whether it ran is then open.
   */
  async run(
    body: string,
    values: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<RemoteResult> {
    const nonce = randomUUID();
    const input = remoteScript(body, values, nonce);
    const { stdout, stderr } = await this.inTurn(signal, () =>
      runProcess('ssh', [...this.sshArguments, '-T', '--', this.host, 'exec sh -s'], {
        input,
        env: this.environment,
        signal,
      }),
    );
    const outcome = remoteOutcome(stdout, nonce);
    if (!outcome) throw sshFailure(stderr, { host: this.host });
    const { output: bytes, status } = outcome;
    return { stdout: bytes.toString('utf8'), bytes, stderr, status };
  }

  /**
   * As {@link run}, for scripts that must succeed.
   *
   * @throws SealongError also `remote_failed`, with what the script wrote last, where its exit status is not 0.
   */
  async mustRun(
    what: string,
    body: string,
    values: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<string> {
    return (await this.mustRunBytes(what, body, values, signal)).toString('utf8');
  }

  /** As {@link mustRun}, for what is not text. */
  async mustRunBytes(
    what: string,
    body: string,
    values: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Buffer> {
    const { status, bytes, stdout, stderr } = await this.run(body, values, signal);
    if (status === 0) return bytes;
    throw remoteError(what, this.host, status, stderr.trim() || stdout.trim());
  }

  /** Connects where there is no connection; calls at the same time share one try. */
  async connect(signal: AbortSignal): Promise<void> {
    if (this.#borrowed) {
      if (await this.#isShared(signal)) return;
      await (this.#leaving ??= this.#leave());
    }
    const args = [...this.sshArguments, '-o', 'ControlMaster=yes', '-T', '--', this.host];
    this.#master ??= SshMaster.connect(args, {
      host: this.host,
      bare: this.#bare,
      environment: this.environment,
      signal: this.#closing.signal,
    });
    const trying = this.#master;
    try {
      const master = await unlessAborted(trying, signal);
      if (master.isOpen) return;
    } catch (error) {
      // One caller that stops waiting does not end the try of the others.
      if (!signal.aborted && this.#master === trying) this.#master = undefined;
      throw error;
    }
    if (this.#master === trying) this.#master = undefined;
    await this.connect(signal);
  }

  /**
   * Makes a port of this machine's loopback lead to an address as the host reaches it, over the shared connection.
   *
   * @returns `over`, which settles when that connection has ended, and with it the way.
   * @throws SealongError `port_in_use`, or what is said of the connection.
   */
  async forward(
    localPort: number,
    to: { host: string; port: number },
    signal: AbortSignal,
  ): Promise<{ over: Promise<void> }> {
    await this.connect(signal);
    const master = await this.#master;
    if (!master && !this.#borrowed) throw sshFailure('', { host: this.host });
    const way = `127.0.0.1:${localPort}:${to.host}:${to.port}`;
    const { status, stderr } = await runProcess(
      'ssh',
      [...this.sshArguments, '-O', 'forward', '-L', way, '--', this.host],
      { env: this.environment, signal },
    );
    if (status === 0) {
      if (master) return { over: master.closed };
      this.#ways.add(way);
      return { over: this.#sharedOver() };
    }
    if (!(master?.isOpen ?? (await this.#isShared(signal))))
      throw sshFailure(stderr, { host: this.host });
    throw new SealongError(
      'port_in_use',
      `Port ${localPort} of this machine cannot lead to ${to.host}:${to.port} (${stderr.trim().split('\n').at(-1) ?? ''}). Another program may have taken it.`,
    );
  }

  /** Takes back what {@link forward} made. */
  async endForward(
    localPort: number,
    to: { host: string; port: number },
    signal: AbortSignal,
  ): Promise<void> {
    await this.#cancelForward(`127.0.0.1:${localPort}:${to.host}:${to.port}`, signal);
  }

  async #cancelForward(way: string, signal: AbortSignal): Promise<void> {
    this.#ways.delete(way);
    await runProcess('ssh', [...this.sshArguments, '-O', 'cancel', '-L', way, '--', this.host], {
      env: this.environment,
      signal,
    });
  }

  /** Ends the shared connection; jobs on the host go on. */
  async close(): Promise<void> {
    const connecting = this.#master;
    this.#master = undefined;
    this.#closing.abort(new Error('The connection is closed.'));
    // Why a connection never stood was said to those who asked for it.
    const master = await connecting?.catch(() => undefined);
    await master?.close();
    // On a connection of somebody else's they would outlive this.
    for (const way of this.#ways) await this.#cancelForward(way, AbortSignal.timeout(CANCEL_MS));
    if (!this.#borrowed) await rm(this.folder, { recursive: true, force: true });
  }

  /** Whether a connection of its own stands; one whose link was cut without a word counts until that is noticed. */
  async isOpen(): Promise<boolean> {
    const master = await this.#master?.catch(() => undefined);
    return master?.isOpen ?? false;
  }

  /** From a borrowed connection that is gone to one of its own. */
  async #leave(): Promise<void> {
    this.#ways.clear();
    this.#folder = await socketFolder('ssh');
    this.#borrowed = false;
  }

  /** Settles when the borrowed connection is gone, or is no longer used: nobody tells, so it is looked at. */
  async #sharedOver(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted && this.#borrowed && (await this.#isShared(signal).catch(() => false)))
      await delay(ALIVE_S * 1000, undefined, { signal, ref: false }).catch(() => undefined);
  }

  /** Whether the connection that was borrowed stands. */
  async #isShared(signal: AbortSignal): Promise<boolean> {
    const args = [...this.sshArguments, '-O', 'check', '--', this.host];
    const { status } = await runProcess('ssh', args, { env: this.environment, signal });
    return status === 0;
  }

  /**
   * Does a piece of work that takes one session of the shared connection. Where the host takes fewer sessions than there are at
   * once, it is done again when another has ended, unless it was done over a connection of its own.
   */
  async inTurn(signal: AbortSignal, work: () => Promise<ProcessOutcome>): Promise<ProcessOutcome> {
    for (;;) {
      while (this.#running >= this.#sessions)
        await new Promise<void>((next) => this.#waiting.push(next));
      this.#running += 1;
      let outcome: ProcessOutcome;
      let taken: NodeJS.Timeout | undefined;
      try {
        signal.throwIfAborted();
        await this.connect(signal);
        taken = setTimeout(() => {
          this.#takeMore();
        }, TAKEN_MS).unref();
        outcome = await work();
        if (this.#mostSessions < SESSIONS || this.#bare) await delay(this.#pauseMs);
      } finally {
        clearTimeout(taken);
        this.#running -= 1;
        this.#waiting.shift()?.();
      }
      if (!outcome.stderr.includes(REFUSED)) {
        this.#refusedAlone = 0;
        this.#takeMore();
        return outcome;
      }
      const isLess = await this.#takeFewer();
      if (!isLess || !wasNeverThere(outcome, this.host)) return outcome;
    }
  }

  #takeMore(): void {
    if (this.#sessions >= this.#mostSessions) return;
    this.#sessions += 1;
    this.#waiting.shift()?.();
  }

  /** @returns whether fewer are taken now than before. */
  async #takeFewer(): Promise<boolean> {
    // Those that run at present were taken.
    const taken = Math.max(1, this.#running);
    if (taken < this.#sessions) {
      this.#sessions = taken;
      this.#mostSessions = taken;
      return true;
    }
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
    if (this.#bare || this.#borrowed) return false;
    // Others may share the connection, and be done with their session in a moment.
    this.#refusedAlone += 1;
    if (this.#refusedAlone < REFUSALS_BEFORE_BARE) return true;
    this.#bare = true;
    const master = await this.#master?.catch(() => undefined);
    this.#master = undefined;
    await master?.close();
    return true;
  }
}

/** Whether a connection of its own was not let in, so that nothing was done. */
function wasNeverThere({ status, stderr }: ProcessOutcome, host: string): boolean {
  if (status === 0) return false;
  const own = stderr.slice(stderr.lastIndexOf(REFUSED));
  return ['ssh_denied', 'host_key_unknown'].includes(sshFailure(own, { host }).code);
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('Stopped.'));
    };
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}

function remoteError(what: string, host: string, status: number, said: string): SealongError {
  const full = diskFull(what, host, said);
  if (full) return full;
  const last = said.split('\n').slice(-4).join('\n').slice(-600);
  return new SealongError(
    'remote_failed',
    `${what} failed on ${host} with exit status ${status}${last === '' ? '.' : `: ${last}`}`,
  );
}
