import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ROOT } from '../e2e/support/requirements.ts';

/**
 * Texts cut from the demo's passages: `count` of `words` words each, beginning `stride` words apart, so that they overlap
 * and the passages give enough of them. Past the end of the passages the words go on from the start, one later each time.
 */
export async function passageTexts(
  count: number,
  words: number,
  stride: number,
): Promise<string[]> {
  const schema = z.object({ text: z.string() });
  const lines = (await readFile(join(ROOT, 'demo/passages.jsonl'), 'utf8')).split('\n');
  const all = lines
    .filter(Boolean)
    .flatMap((line) => schema.parse(JSON.parse(line)).text.split(/\s+/));
  return Array.from({ length: count }, (_, at) => {
    const from = at * stride;
    const start = (from % all.length) + Math.floor(from / all.length);
    return [...all.slice(start), ...all].slice(0, words).join(' ');
  });
}
