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
  /** Process that asks. */
  asker: z.number().int(),
  prompt: z.string().max(10_000),
  hint: z.string().optional(),
});

/** Answers a question of ssh; null where the user gives none. The signal is aborted when ssh no longer asks. */
export type AskUser = (question: SshQuestion, signal: AbortSignal) => Promise<string | null>;

/** What was asked by one token. */
export interface Grant {
  /** Environment by which ssh asks here, until it is taken back. */
  environment: Record<string, string>;
  revoke: () => void;
  /** What the user answered, in the order of asking. */
  answered: readonly SshQuestion[];
}

interface Asked {
  answered: SshQuestion[];
  /** Prompts with the process that asked: one that comes again was not taken. */
  prompts: Set<string>;
  /** Processes whose question the user did not answer: they are told so of all that follows. */
  declined: Set<number>;
  onDeclined: (question: SshQuestion) => void;
  /** Aborted when it is taken back, and with it what is being asked: an ssh that was ended leaves its askpass behind. */
  over: AbortController;
}

/**
 * Takes the questions of ssh from the askpass program, in a folder that only this user can enter. Each run of something that
 * connects gets a token of its own, which is worth nothing after it. What is answered goes to ssh and is kept nowhere.
 */
export class AskpassServer {
  readonly #folder: string;
  readonly #server: Server;
  readonly #tokens = new Map<string, Asked>();
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

  /**
   * Lets ssh ask.
   *
   * @param onDeclined called when the user answers a question by none, before ssh hears of it: it would send an empty password.
   */
  grant(onDeclined: (question: SshQuestion) => void = () => undefined): Grant {
    const token = randomBytes(32).toString('base64url');
    const answered: SshQuestion[] = [];
    const over = new AbortController();
    this.#tokens.set(token, {
      answered,
      prompts: new Set(),
      declined: new Set(),
      onDeclined,
      over,
    });
    return {
      answered,
      environment: {
        SSH_ASKPASS: join(this.#folder, 'askpass'),
        SSH_ASKPASS_REQUIRE: 'force',
        SEALONG_ASKPASS_SOCKET: join(this.#folder, 'socket'),
        SEALONG_ASKPASS_TOKEN: token,
      },
      revoke: () => {
        this.#tokens.delete(token);
        over.abort(new Error('Nobody waits for the answer any more.'));
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
    const { token, host, asker, prompt, hint } = requestSchema.parse(JSON.parse(line));
    const asked = this.#asked(token);
    if (!asked) return null;
    const asking = AbortSignal.any([signal, asked.over.signal]);
    const isGone = () => asking.aborted;
    if (isGone() || asked.declined.has(asker)) return null;
    const key = `${asker} ${prompt}`;
    const plain = sshQuestion(host, prompt, hint);
    const question: SshQuestion =
      plain.type === 'secret' && asked.prompts.has(key) ? { ...plain, again: true } : plain;
    asked.prompts.add(key);
    const answer = await this.#ask(question, asking);
    if (answer !== null) asked.answered.push(question);
    // A notice has no answer, and what ssh no longer asks was not declined.
    else if (question.type !== 'notice' && !isGone()) {
      asked.declined.add(asker);
      asked.onDeclined(question);
    }
    return answer;
  }

  #asked(token: string): Asked | undefined {
    const given = Buffer.from(token);
    return [...this.#tokens].find(([known]) => {
      const own = Buffer.from(known);
      return own.length === given.length && timingSafeEqual(own, given);
    })?.[1];
  }
}
