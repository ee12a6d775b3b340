import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEditorServer, type EditorServer } from './editorServer.ts';
import { startModelServer, type ModelServer } from './modelServer.ts';
import { runProgram, startProgram, type Program } from './programs.ts';
import { requirements, ROOT, type Requirements } from './requirements.ts';
import { outputFile } from './screenshots.ts';
import { startBrowser, type WatchedBrowser } from './watchedBrowser.ts';
import { Workbench } from './workbench.ts';

export interface SessionOptions {
  /** Names what is left in test/output. */
  name: string;
  /**
   * Under which name the embedded model is an endpoint of the user's, where it is needed: `embedded` as `npm start` sets it
   * up, and which the editor starts anew by itself, or another, as any server.
   */
  endpoint?: string;
}

/** An editor, a browser and, where asked for, the embedded model, in folders of their own. */
export class Session {
  readonly folder: string;
  readonly #name: string;
  readonly #requirements: Requirements = requirements();
  readonly #cleanUps: (() => Promise<void>)[] = [];
  #editor: EditorServer | undefined;
  #browser: WatchedBrowser | undefined;
  #workbench: Workbench | undefined;
  #model: ModelServer | undefined;

  private constructor(name: string, folder: string) {
    this.#name = name;
    this.folder = folder;
    this.#cleanUps.push(() =>
      rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 }),
    );
  }

  /** @throws AggregateError where a part does not start; those that did are stopped. */
  static async start({ name, endpoint }: SessionOptions): Promise<Session> {
    const session = new Session(name, await mkdtemp(join(tmpdir(), 'sealong-e2e-')));
    await mkdir(session.#cache);
    const parts = [
      session.#startEditor(),
      session.#startBrowser(),
      ...(endpoint === undefined ? [] : [session.#startModel(0)]),
    ];
    const failures = (await Promise.allSettled(parts)).flatMap((part) =>
      part.status === 'rejected' ? [String(part.reason)] : [],
    );
    if (failures.length > 0) {
      await session.stop();
      throw new Error(failures.join('\n'));
    }
    if (endpoint !== undefined)
      await session.editor.configure({
        'sealong.endpoint': endpoint,
        'sealong.endpoints': { [endpoint]: { base_url: `${session.model.url}/v1` } },
      });
    session.#workbench = new Workbench(await session.browser.newPage(), session.editor);
    return session;
  }

  get editor(): EditorServer {
    return started(this.#editor, 'the editor');
  }

  get browser(): WatchedBrowser {
    return started(this.#browser, 'the browser');
  }

  get workbench(): Workbench {
    return started(this.#workbench, 'the editor');
  }

  get model(): ModelServer {
    return started(this.#model, 'the embedded model');
  }

  /** SEALONG_CACHE: no server of the user's is found, or stopped. */
  get #cache(): string {
    return join(this.folder, 'cache');
  }

  async #startEditor(): Promise<void> {
    this.#editor = await startEditorServer(this.#requirements, {
      folder: join(this.folder, 'editor'),
      cache: this.#cache,
      settings: { 'sealong.reviewer': 'reviewer', 'workbench.colorTheme': 'Dark 2026' },
      machineSettings: { 'sealong.embedded.folder': this.#requirements.embedded },
    });
    this.#cleanUps.push(this.#editor.stop);
  }

  async #startBrowser(): Promise<void> {
    this.#browser = await startBrowser(this.#requirements.chromium);
    this.#cleanUps.push(this.#browser.close);
  }

  async #startModel(port: number): Promise<void> {
    this.#model = await startModelServer(this.#requirements, this.#cache, port);
    this.#cleanUps.push(this.#model.stop);
  }

  /** Starts the embedded model anew at the address that it had. */
  async restartModel(): Promise<void> {
    await this.#startModel(this.model.port);
  }

  /** Runs the `sealong` command to its end, as in a terminal beside the editor. */
  async command(args: readonly string[]): Promise<void> {
    await runProgram(...this.#commandLine(args));
  }

  /** Starts the `sealong` command, with more in its environment, to be ended by the test. */
  startCommand(args: readonly string[], more: Record<string, string>): Program {
    const program = startProgram(...this.#commandLine(args, more));
    this.cleanUp(program.stop);
    return program;
  }

  #commandLine(
    args: readonly string[],
    more: Record<string, string> = {},
  ): Parameters<typeof startProgram> {
    const { node, embedded } = this.#requirements;
    const env = {
      SEALONG_CACHE: this.#cache,
      SEALONG_EMBEDDED: embedded,
      XDG_CONFIG_HOME: join(this.folder, 'editor/config'),
      ...more,
    };
    return [node, [join(ROOT, 'dist/sealong.js'), ...args], { env }];
  }

  /** Does something when the session stops. */
  cleanUp(end: () => Promise<void>): void {
    this.#cleanUps.push(end);
  }

  /** A folder to open in the editor. */
  async workspace(name: string): Promise<string> {
    const folder = join(this.folder, 'workspaces', name);
    await mkdir(folder, { recursive: true });
    return folder;
  }

  assertQuiet(): void {
    const { offsite, errors } = this.browser.watch;
    assert.deepEqual(offsite, [], 'no request left this machine');
    assert.deepEqual(errors, [], 'nothing went wrong unseen');
  }

  /** Leaves a picture, the browser's console and the logs of the editor and the extension. */
  async saveFailure(sentence: string): Promise<void> {
    const words = sentence.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 60);
    const name = `failed-${this.#name}-${words}`;
    const picture = await outputFile(`${name}.png`);
    // The report of a failure must not hide the failure.
    await this.workbench.page.screenshot({ path: picture }).catch(() => undefined);
    const { console } = this.browser.watch;
    await writeFile(await outputFile(`${name}.console.txt`), console.join('\n'));
    await writeFile(await outputFile(`${name}.server.txt`), this.editor.output());
    const logs = await outputFile(`${name}.logs`);
    await cp(this.editor.logs, logs, { recursive: true, force: true }).catch(() => undefined);
    process.stderr.write(`A picture and the logs are in ${picture} and beside it.\n`);
  }

  /** Stops all that was started, the latest first. */
  async stop(): Promise<void> {
    for (const cleanUp of this.#cleanUps.toReversed()) await cleanUp();
  }
}

function started<T>(part: T | undefined, what: string): T {
  if (part !== undefined) return part;
  throw new Error(`This session was started without ${what}.`);
}
