import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { SealongError, systemCodeOf } from '../../errors.ts';
import { sshFailure } from './sshFailure.ts';

/**
 * Runs a connection without a session for as long as standard input is open, which ends with the process that started this.
 * ssh itself would read no input, and live on.
 */
const WATCHED = `
exec 3<&0
"$@" </dev/null 3<&- &
ssh=$!
{ cat <&3 >/dev/null; kill "$ssh"; } 2>/dev/null &
exec 3<&-
wait "$ssh"
`;

/**
 * The one connection to a host that all others share. It runs `cat` there, which says when it stands, and ends with this
 * process however that ends, since its input ends. Where the host takes one session alone, that is left to others: the
 * connection holds none, and says by a command of this machine when it stands.
 *
 * ControlPersist would keep it without a process of ours, but hides what a jump host says.
 */
export class SshMaster {
  readonly #child: ChildProcess;
  /** Settles when the connection is over. */
  readonly closed: Promise<void>;
  #open = true;

  private constructor(child: ChildProcess, closed: Promise<void>) {
    this.#child = child;
    this.closed = closed.then(() => {
      this.#open = false;
    });
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /**
   * @param args of ssh, up to and with the host's name.
   * @throws SealongError what {@link sshFailure} says; `program_missing`; the signal's reason.
   */
  static connect(
    args: readonly string[],
    options: { host: string; bare: boolean; environment: NodeJS.ProcessEnv; signal: AbortSignal },
  ): Promise<SshMaster> {
    const { host, bare, environment, signal } = options;
    const ready = `sealong-${randomUUID()}`;
    const [program, ...own]: [string, ...string[]] = bare
      ? ['sh', '-c', WATCHED, 'sh', 'ssh', ...saying(ready), '-N', ...args]
      : ['ssh', ...args, 'exec cat'];
    return new Promise((resolve, reject) => {
      const child = spawn(program, own, {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: environment,
      });
      let said = '';
      let stderr = '';
      const stop = () => child.kill();
      signal.addEventListener('abort', stop, { once: true });
      const closed = new Promise<void>((settle) => {
        child.on('close', () => {
          signal.removeEventListener('abort', stop);
          settle();
          if (signal.aborted) reject(asError(signal.reason));
          else reject(sshFailure(stderr, { host }));
        });
        child.on('error', (error) => {
          settle();
          reject(
            systemCodeOf(error) === 'ENOENT'
              ? new SealongError('program_missing', 'ssh is not installed here. Install OpenSSH.')
              : error,
          );
        });
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr = (stderr + text).slice(-16 * 1024);
      });
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        // A login shell may greet before.
        said = (said + text).slice(-4096);
        if (!said.includes(ready)) return;
        signal.removeEventListener('abort', stop);
        child.stdout.removeAllListeners('data').resume();
        resolve(new SshMaster(child, closed));
      });
      // A connection that fails closes its input; its status says why.
      child.stdin.on('error', () => undefined);
      child.stdin.write(`${ready}\n`);
    });
  }

  async close(): Promise<void> {
    this.#child.stdin?.end();
    const forced = setTimeout(() => this.#child.kill('SIGKILL'), 3000);
    await this.closed;
    clearTimeout(forced);
  }
}

/** Options that win over those that follow. */
function saying(word: string): string[] {
  return ['-o', 'PermitLocalCommand=yes', '-o', `LocalCommand=echo ${word}`];
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('Stopped.');
}
