import { readFile } from 'node:fs/promises';

const LIMIT_MS = 60_000;

/** Waits until `seen` gives something, which it returns. */
export async function until<T>(
  what: string,
  seen: () => Promise<T | undefined | false>,
  limitMs = LIMIT_MS,
): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await seen();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`${what} was not seen in ${limitMs / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The content of a file once there is any. */
export function untilWritten(file: string): Promise<string> {
  return until(file, async () => {
    const text = await readFile(file, 'utf8').catch(() => '');
    return text === '' ? undefined : text;
  });
}
