import { readFile } from 'node:fs/promises';
import { until } from '../../e2e/support/until.ts';

/** The content of a file once there is any. */
export function untilWritten(file: string): Promise<string> {
  return until(file, async () => {
    const text = await readFile(file, 'utf8').catch(() => '');
    return text === '' ? undefined : text;
  });
}
