import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { cacheFolder } from '../cacheFolder.ts';
import type { Clock } from '../clock.ts';
import { SealongError, systemCodeOf } from '../errors.ts';
import { writeAtomic } from '../records/writeAtomic.ts';
import { lockFile } from '../study/lock.ts';

const lookSchema = z.object({
  /** Milliseconds since 1970, by the clock of this machine. */
  at: z.number(),
  /** Who looked. */
  by: z.string(),
  /** What was looked at. */
  seen: z.array(z.string()),
});
type Look = z.infer<typeof lookSchema>;

/** Share of the pause by which who looked last lets others go first. */
const COURTESY = 1 / 20;
/** Share of it after which it is tried again while another looks. */
const RETRY = 1 / 40;
const RETRY_MS = 100;

/**
 * Turns of looking at a host, among all that do so for this user on this machine: windows, commands and links to servers. One
 * looks at a time, so that none writes what another writes; and followers ask a scheduler together as often as one would.
 */
export class HostTurns {
  readonly #clock: Clock;
  readonly #paths: { folder: string; look: string; lock: string };
  readonly #self = randomUUID();

  /** @param host by what ssh is given; looks at one host under two names do not know of each other. */
  constructor(host: string, clock: Clock) {
    this.#clock = clock;
    this.#paths = pathsOf(host);
  }

  /** When somebody looked at all of these within `everyMs`; undefined where nobody did. */
  async seenAt(everyMs: number, wanted: readonly string[]): Promise<Date | undefined> {
    const last = await this.#last();
    if (!last || this.#clock.now().getTime() - last.at >= everyMs) return undefined;
    return wanted.every((one) => last.seen.includes(one)) ? new Date(last.at) : undefined;
  }

  async #last(): Promise<Look | undefined> {
    try {
      const look = lookSchema.parse(JSON.parse(await readFile(this.#paths.look, 'utf8')));
      // A clock that was put back would let nobody look for as long.
      return look.at > this.#clock.now().getTime() ? undefined : look;
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
      if (error instanceof z.ZodError) return undefined;
      throw error;
    }
  }

  /** Looks as soon as nobody else does: what a user asked for does not wait for a pause. */
  async now<T>(seen: readonly string[], look: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      const unlock = await this.#lock();
      if (unlock) return this.#look(seen, look, unlock);
      await this.#clock.sleep(RETRY_MS, signal);
    }
  }

  /**
   * Looks unless somebody did within `everyMs`.
   *
   * @returns what was seen, or after how many milliseconds to try again.
   */
  async ifDue<T>(
    everyMs: number,
    seen: readonly string[],
    look: () => Promise<T>,
  ): Promise<{ value: T } | { waitMs: number }> {
    const early = await this.#waitMs(everyMs);
    if (early > 0) return { waitMs: early };
    const unlock = await this.#lock();
    if (!unlock) return { waitMs: Math.ceil(everyMs * RETRY) };
    const late = await this.#waitMs(everyMs);
    if (late > 0) {
      await unlock();
      return { waitMs: late };
    }
    return { value: await this.#look(seen, look, unlock) };
  }

  async #waitMs(everyMs: number): Promise<number> {
    const last = await this.#last();
    if (!last) return 0;
    const courtesy = last.by === this.#self ? everyMs * COURTESY : 0;
    return Math.ceil(last.at + everyMs + courtesy - this.#clock.now().getTime());
  }

  async #look<T>(
    seen: readonly string[],
    look: () => Promise<T>,
    unlock: () => Promise<void>,
  ): Promise<T> {
    try {
      // Also before: who is ended in the middle has asked.
      await this.#note([]);
      const value = await look();
      await this.#note(seen);
      return value;
    } finally {
      await unlock();
    }
  }

  async #note(seen: readonly string[]): Promise<void> {
    const look: Look = { at: this.#clock.now().getTime(), by: this.#self, seen: [...seen] };
    await writeAtomic(this.#paths.look, JSON.stringify(look));
  }

  async #lock(): Promise<(() => Promise<void>) | undefined> {
    await mkdir(this.#paths.folder, { recursive: true });
    try {
      return await lockFile(this.#paths.lock, 'The host is being asked');
    } catch (error) {
      if (error instanceof SealongError && error.code === 'busy') return undefined;
      throw error;
    }
  }
}

/** What was seen before something was done on a host says nothing of after: who looks next need not wait. */
export async function forgetLooks(host: string): Promise<void> {
  await rm(pathsOf(host).look, { force: true });
}

function pathsOf(host: string) {
  // A home may be shared by machines, of which none can tell whether a process of another lives.
  const key = JSON.stringify([hostname(), host]);
  const folder = join(cacheFolder(), 'looks');
  const name = createHash('sha256').update(key).digest('hex').slice(0, 24);
  return { folder, look: join(folder, `${name}.json`), lock: join(folder, `${name}.lock`) };
}
