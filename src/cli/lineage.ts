import { dirname, join, resolve } from 'node:path';
import { SealongError } from '../errors.ts';
import { lineageOf } from '../lineage/lineage.ts';
import { lineageText } from '../lineage/lineageText.ts';
import { exists, openStudy, STUDY_FILE } from '../study/study.ts';

export interface LineageCommand {
  kind: 'lineage';
  /** Study, then job or adapter; or an adapter below the study that trained it. */
  names: readonly string[];
  /** For people, in place of JSON. */
  text: boolean;
}

/** @throws SealongError as {@link lineageOf}, and `usage` where no study is known. */
export async function lineage(
  { names, text }: LineageCommand,
  signal: AbortSignal,
): Promise<object | string> {
  const [first = '', second] = names;
  const dir = second === undefined ? await studyAbove(first) : first;
  const found = await lineageOf(await openStudy(dir), second ?? first, signal);
  return text ? lineageText(found) : { stage: 'lineage', ...found };
}

async function studyAbove(path: string): Promise<string> {
  for (let at = resolve(path); at !== dirname(at); at = dirname(at))
    if (await exists(join(at, STUDY_FILE))) return at;
  throw new SealongError(
    'usage',
    `Wrong use: ${path} lies in no study. Name the study that trained it: sealong lineage STUDY ${path}`,
  );
}
