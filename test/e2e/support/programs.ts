import { spawn } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const GRACE_MS = 5000;

export interface Program {
  readonly pid: number;
  /** All that it wrote so far, both streams. */
  output: () => string;
  /** Resolves to the exit status, or the signal's name. */
  readonly ended: Promise<string>;
  /** Ends it politely, then by force; resolves when it is gone. */
  stop: () => Promise<void>;
  /** Ends it and all that it started at once, as a crash of the machine would; resolves when it is gone. */
  kill: () => Promise<void>;
}

export interface ProgramOptions {
  env?: Record<string, string>;
  cwd?: string;
}

/** Starts a program; whoever starts it also stops it. */
export function startProgram(
  command: string,
  args: readonly string[],
  { env = {}, cwd }: ProgramOptions = {},
): Program {
  const child = spawn(command, args, {
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  let running = true;
  const ended = new Promise<string>((resolve) => {
    const end = (outcome: string) => {
      running = false;
      resolve(outcome);
    };
    child.on('error', (error) => {
      end(error.message);
    });
    child.on('close', (status, signal) => {
      end(signal ?? String(status));
    });
  });
  return {
    pid: child.pid ?? 0,
    output: () => output,
    ended,
    stop: async () => {
      if (!running) return;
      child.kill('SIGTERM');
      const gone = await Promise.race([ended, delay(GRACE_MS, undefined, { ref: false })]);
      if (gone === undefined) child.kill('SIGKILL');
      await ended;
    },
    kill: async () => {
      for (const pid of await descendantsOf(child.pid ?? 0)) killProcess(pid);
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}

/** All processes below one, those furthest down first. */
async function descendantsOf(pid: number): Promise<number[]> {
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = new Map<number, number>();
  for (const number of numbers) {
    const status = await readFile(`/proc/${number}/status`, 'utf8').catch(() => '');
    const parent = /^PPid:\s*(\d+)$/m.exec(status)?.[1];
    if (parent !== undefined) parents.set(Number(number), Number(parent));
  }
  const below = (of: number): number[] =>
    [...parents].flatMap(([child, parent]) => (parent === of ? [...below(child), child] : []));
  return below(pid);
}

/** Runs a program to its end. @throws Error with what it wrote where it does not end with status 0. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const program = startProgram(command, args, options);
  const outcome = await program.ended;
  if (outcome === '0') return program.output();
  throw new Error(`${[command, ...args].join(' ')} ended with ${outcome}:\n${program.output()}`);
}

// What a user's shell may hold would point the editor at other servers, folders or tests.
function cleanEnvironment(): NodeJS.ProcessEnv {
  const strange = /^(SEALONG_|VSCODE_|NODE_TEST_CONTEXT$|NODE_OPTIONS$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !strange.test(name)));
}
