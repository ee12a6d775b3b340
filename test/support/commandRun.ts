import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

/** The key that each command run has; it is to be seen nowhere. */
export const KEY = 'sk-secret-of-the-command-4711';
const COMMAND = new URL('../../src/cli/main.ts', import.meta.url).pathname;

/** Starts the `sealong` command from source, with a home and a cache of its own in `folder`. */
export function start(args: readonly string[], folder: string): ChildProcess {
  return spawn(process.execPath, [COMMAND, ...args], {
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      SEALONG_CACHE: join(folder, 'cache'),
      SEALONG_API_KEY: KEY,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

export async function ended(child: ChildProcess): Promise<Ended> {
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  const textOf = (stream: Readable | null) => (stream ? text(stream) : Promise.resolve(''));
  const [out, err] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  return { code: await closed, out, err };
}

export const run = (args: readonly string[], folder: string): Promise<Ended> =>
  ended(start(args, folder));

/** The one JSON object on stdout. */
export function summaryOf({ code, out, err }: Ended): Record<string, unknown> {
  assert.equal(code, 0, err);
  assert.equal(out.trim().split('\n').length, 1);
  return z.record(z.string(), z.unknown()).parse(JSON.parse(out));
}
