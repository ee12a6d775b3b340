import type { Extension } from '../../cluster/extendJob.ts';
import { SealongError } from '../../errors.ts';

/**
 * What a job is to do more, as it is typed: `steps=800 time=24:00:00`.
 *
 * @throws SealongError `usage` for another word.
 */
export function extensionOf(text: string): Extension {
  const extension: Extension = {};
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const [, name, value = ''] = /^(steps|epochs|time)=(\S+)$/.exec(word) ?? [];
    if (name === 'time') extension.time = value;
    else if ((name === 'steps' || name === 'epochs') && /^[1-9]\d{0,8}$/.test(value))
      extension[name] = Number(value);
    else
      throw new SealongError(
        'usage',
        `"${word}" is none of steps=NUMBER, epochs=NUMBER and time=HH:MM:SS.`,
      );
  }
  return extension;
}
