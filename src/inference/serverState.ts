import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { fileError } from '../errors.ts';

const HEALTH_TIMEOUT_MS = 2000;

const stateSchema = z.object({
  url: z.string().regex(/^http:\/\/127\.0\.0\.1:\d+$/u),
  pid: z.int().positive(),
  /** What `POST /shutdown` takes. */
  token: z.string().min(1),
  model: z.string(),
  started_at: z.string(),
});

/** What a running server leaves on disk, so that others of the same user find and stop it. */
export type ServerState = z.infer<typeof stateSchema>;

const healthSchema = z.object({ status: z.literal('ok'), model: z.string(), pid: z.int() });

/** @returns undefined where there is no such file or it holds something else. */
export async function readServerState(stateFile: string): Promise<ServerState | undefined> {
  try {
    return stateSchema.parse(JSON.parse(await readFile(stateFile, 'utf8')));
  } catch {
    // Also a torn or foreign file is no running server; the next start replaces it.
    return undefined;
  }
}

/** Written as a whole and readable by its owner alone, for it holds the token. @throws SealongError as `fileError`. */
export async function writeServerState(stateFile: string, state: ServerState): Promise<void> {
  const temporary = `${stateFile}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(stateFile), { recursive: true });
    await writeFile(temporary, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    await rename(temporary, stateFile);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError('write', stateFile, error);
  }
}

/** Removes the file unless another server has put its own in its place. */
export async function removeServerState(stateFile: string, token: string): Promise<void> {
  const current = await readServerState(stateFile);
  if (current?.token === token) await rm(stateFile, { force: true });
}

/** The server of the state file, if it still runs: the same process, and it answers. */
export async function findRunningServer(stateFile: string): Promise<ServerState | undefined> {
  const state = await readServerState(stateFile);
  if (!state || !isAlive(state.pid)) return undefined;
  try {
    const response = await fetch(`${state.url}/health`, {
      signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS),
    });
    const health = healthSchema.parse(await response.json());
    return health.pid === state.pid && health.model === state.model ? state : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Asks the server of the state file to stop and waits until it is gone.
 *
 * @returns false where none was running, or it is still there after `timeoutMs`.
 */
export async function stopRunningServer(stateFile: string, timeoutMs = 10_000): Promise<boolean> {
  const state = await findRunningServer(stateFile);
  if (!state) return false;
  await fetch(`${state.url}/shutdown`, {
    method: 'POST',
    headers: { authorization: `Bearer ${state.token}` },
    signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS),
  });
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if ((await readServerState(stateFile))?.token !== state.token) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Alive, but of another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
