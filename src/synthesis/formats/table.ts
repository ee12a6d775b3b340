import type { DatasetFormat, RowFormat } from './format.ts';
import { hotpotqa } from './hotpotqa.ts';
import { jsonl } from './jsonl.ts';
import { longbench } from './longbench.ts';
import { musique } from './musique.ts';
import { twoWiki } from './twoWiki.ts';

/** Every format, the more particular before the more general: the first that recognises a row has it. */
export const FORMATS: readonly DatasetFormat[] = [musique, longbench, twoWiki, hotpotqa, jsonl];

/** The format that most of the rows are in, or undefined where none is in any. */
export function recogniseFormat<Format extends Pick<RowFormat<unknown>, 'recognises'>>(
  formats: readonly Format[],
  rows: readonly unknown[],
): Format | undefined {
  const votes = new Map<Format, number>();
  for (const row of rows) {
    const format = formats.find((candidate) => candidate.recognises(row));
    if (format) votes.set(format, (votes.get(format) ?? 0) + 1);
  }
  return formats.reduce<Format | undefined>((best, format) => {
    const most = best ? (votes.get(best) ?? 0) : 0;
    return (votes.get(format) ?? 0) > most ? format : best;
  }, undefined);
}
