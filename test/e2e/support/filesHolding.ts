import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Files below a folder that hold a text; those that go away meanwhile hold none. */
export async function filesHolding(folder: string, text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const holding: string[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path).catch(() => Buffer.alloc(0));
    if (content.includes(text)) holding.push(path);
  }
  return holding;
}
