import type { ExportFormat } from './exportFormat.ts';
import { trlRow } from './trl.ts';

/** The rows of TRL's format as Parquet. */
export const parquet: ExportFormat = {
  name: 'parquet',
  file: 'pairs.parquet',
  description: "Parquet with the columns of TRL's preference format",
  usage: () =>
    "Anything that reads Parquet; the columns are those of TRL's conversational preference format.",
  takes: 'pairs',
  row: trlRow,
};
