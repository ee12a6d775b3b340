import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import * as vscode from 'vscode';
import * as z from 'zod';
import { SealongError } from '../errors.ts';
import { findRunningServer, stopRunningServer } from '../inference/serverState.ts';
import { settings } from './settings.ts';

const servedSchema = z.object({ url: z.string(), model: z.string() });

/** Loading takes seconds; a machine that is short of memory takes longer. */
const START_TIMEOUT_MS = 120_000;

/**
 * The embedded model's server: a process of its own, found by its state file, so that windows and the command share one.
 * One that is started here ends with the window; `stop` ends it wherever it was started.
 */
export class EmbeddedModel implements vscode.Disposable {
  readonly #command: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  #running: { baseUrl: string; model: string } | undefined;
  #starting: Promise<void> | undefined;
  #child: ChildProcess | undefined;

  /** @param command path of the `sealong` command's script. */
  constructor(command: string, log: vscode.LogOutputChannel) {
    this.#command = command;
    this.#log = log;
  }

  /** As of the last look; see {@link find}. */
  get running(): { baseUrl: string; model: string } | undefined {
    return this.#running;
  }

  /** Looks whether the server runs, also one that was started elsewhere. */
  async find(): Promise<{ baseUrl: string; model: string } | undefined> {
    const found = await findRunningServer(settings.embeddedStateFile());
    this.#set(found && { url: found.url, model: found.model });
    return this.#running;
  }

  /** @throws SealongError `no_embedded_model`, `embedded_failed` with what the server said. */
  async start(): Promise<void> {
    if (await this.find()) return;
    this.#starting ??= this.#start().finally(() => (this.#starting = undefined));
    await this.#starting;
  }

  /** @returns false where none was running. */
  async stop(): Promise<boolean> {
    const stopped = await stopRunningServer(settings.embeddedStateFile());
    await this.find();
    return stopped;
  }

  dispose(): void {
    this.#child?.kill();
    this.#changed.dispose();
  }

  async #start(): Promise<void> {
    const folder = settings.embeddedFolder();
    if (folder === undefined)
      throw new SealongError(
        'no_embedded_model',
        'The embedded model is not set up on this machine: it comes with "npm start" in a checkout of SeaLong. If it is set up, name its folder in the setting sealong.embedded.folder.',
      );
    const child = spawn(process.execPath, [this.#command, 'serve', '--port', '0'], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', SEALONG_EMBEDDED: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const said: string[] = [];
    createInterface(child.stderr).on('line', (line) => {
      said.push(line);
      this.#log.info(`Embedded model: ${line}`);
    });
    const failed = (why: string) =>
      new SealongError(
        'embedded_failed',
        `The embedded model in ${folder} did not start: ${said.at(-1) ?? why} See the log for more.`,
      );
    const served = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => {
        child.kill();
        reject(failed(`it was not ready within ${START_TIMEOUT_MS / 1000} s.`));
      }, START_TIMEOUT_MS);
      const settled = (end: () => void) => () => {
        clearTimeout(timer);
        end();
      };
      createInterface(child.stdout).once('line', (line) => {
        settled(() => {
          resolve(line);
        })();
      });
      child.once('error', (error) => {
        settled(() => {
          reject(failed(`${error.message}.`));
        })();
      });
      child.once('exit', (code) => {
        settled(() => {
          reject(failed(`it ended with code ${code ?? 'none'}.`));
        })();
        this.#child = undefined;
        void this.find();
      });
    });
    this.#set(servedSchema.parse(JSON.parse(served)));
  }

  #set(server: { url: string; model: string } | undefined): void {
    const before = this.#running?.baseUrl;
    this.#running = server && { baseUrl: new URL('/v1', server.url).href, model: server.model };
    if (before !== this.#running?.baseUrl) this.#changed.fire();
  }
}
