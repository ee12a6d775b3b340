import { SealongError } from '../../errors.ts';
import { axolotl } from './axolotl.ts';
import type { ExportFormat } from './exportFormat.ts';
import { llamaFactory } from './llamaFactory.ts';
import { openRlhf } from './openRlhf.ts';
import { parquet } from './parquet.ts';
import { sft } from './sft.ts';
import { swift } from './swift.ts';
import { trl } from './trl.ts';

/** The formats that there are; adding one is a file and a word here. */
export const EXPORT_FORMATS: readonly ExportFormat[] = [
  trl,
  sft,
  llamaFactory,
  axolotl,
  swift,
  openRlhf,
  parquet,
];

/** @throws SealongError `usage`, listing the formats. */
export function exportFormat(name: string): ExportFormat {
  const found = EXPORT_FORMATS.find((format) => format.name === name);
  if (found) return found;
  throw new SealongError(
    'usage',
    `The export format "${name}" is not known. There are: ${EXPORT_FORMATS.map((format) => format.name).join(', ')}.`,
  );
}
