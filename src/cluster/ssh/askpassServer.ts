import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { quoted } from './remoteScript.ts';
import { socketFolder } from './socketFolder.ts';
import { sshQuestion, type SshQuestion } from './sshQuestion.ts';

const requestSchema = z.object({
  token: z.string(),
  host: z.string().max(1000),
  prompt: z.string().max(10_000),
  hint: z.string().optional(),
});

/** Answers a question of ssh; null where the user gives none. The signal is aborted when ssh no longer asks. */
export type AskUser = (question: SshQuestion, signal: AbortSignal) => Promise<string | null>;

/**
 * Takes the questions of ssh from the askpass program, in a folder that only this user can enter. Each run of something that
 * connects gets a token of its own, which is worth nothing after it. What is answered goes to ssh and is kept nowhere.
 */
export class AskpassServer {
  readonly #folder: string;
  readonly #server: Server;
  readonly #tokens = new Set<string>();
  readonly #ask: AskUser;
  /** One question at a time: two boxes at once could not be told apart. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(folder: string, ask: AskUser) {
    this.#folder = folder;
    this.#ask = ask;
    this.#server = createServer((socket) => {
      this.#serve(socket);
    });
  }

  /**
   * @param program the bundled askpass program, which is run by this process's own executable.
   */
  static async start(program: string, ask: AskUser): Promise<AskpassServer> {
    const folder = await socketFolder('ask');
    const askpass = new AskpassServer(folder, ask);
    await chmod(folder, 0o700);
    // ssh takes a program without arguments.
    const script = `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec ${quoted(process.execPath)} ${quoted(program)} "$@"\n`;
    await writeFile(join(folder, 'askpass'), script, { mode: 0o700 });
    await new Promise<void>((resolve, reject) => {
      askpass.#server.once('error', reject);
      askpass.#server.listen(join(folder, 'socket'), resolve);
    });
    return askpass;
  }

  /** Environment by which ssh asks here, until it is taken back. */
  grant(): { environment: Record<string, string>; revoke: () => void } {
    const token = randomBytes(32).toString('base64url');
    this.#tokens.add(token);
    return {
      environment: {
        SSH_ASKPASS: join(this.#folder, 'askpass'),
        SSH_ASKPASS_REQUIRE: 'force',
        SEALONG_ASKPASS_SOCKET: join(this.#folder, 'socket'),
        SEALONG_ASKPASS_TOKEN: token,
      },
      revoke: () => {
        this.#tokens.delete(token);
      },
    };
  }

  async close(): Promise<void> {
    this.#tokens.clear();
    this.#server.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #serve(socket: Socket): void {
    const gone = new AbortController();
    socket.on('close', () => {
      gone.abort(new Error('ssh no longer asks.'));
    });
    // What went wrong is seen by ssh, which then has no answer.
    socket.on('error', () => undefined);
    createInterface(socket).once('line', (line) => {
      const answered = this.#turn.then(() => this.#answer(line, gone.signal));
      this.#turn = answered.catch(() => undefined);
      void answered.then(
        (answer) => socket.end(`${JSON.stringify({ answer })}\n`),
        () => socket.destroy(),
      );
    });
  }

  async #answer(line: string, signal: AbortSignal): Promise<string | null> {
    const { token, host, prompt, hint } = requestSchema.parse(JSON.parse(line));
    if (!this.#knows(token) || signal.aborted) return null;
    return this.#ask(sshQuestion(host, prompt, hint), signal);
  }

  #knows(token: string): boolean {
    const given = Buffer.from(token);
    return [...this.#tokens].some((known) => {
      const own = Buffer.from(known);
      return own.length === given.length && timingSafeEqual(own, given);
    });
  }
}
