import { SealongError } from '../errors.ts';
import { fieldsOf, type RowFormat } from './formats/format.ts';
import { recogniseFormat } from './formats/table.ts';
import { placeOf, type SourceFile, type SourceRow } from './sourceFile.ts';

/** So many rows are looked at to recognise a format. */
const LOOKED_AT = 20;

/**
 * The format that was named, or the one that the first rows are in.
 *
 * @throws SealongError `usage` for a name that is none, `unknown_format` with what the first row has.
 */
export async function chooseFormat<Format extends RowFormat<unknown>>(
  source: SourceFile,
  formats: readonly Format[],
  name?: string,
): Promise<Format> {
  if (name === 'parquet' && source.container !== 'parquet')
    throw new SealongError(
      'unknown_format',
      `${source.path} is no Parquet file. Name the format that it is in, or none.`,
    );
  // Parquet says how rows are packed, not what they are.
  if (name !== undefined && name !== 'parquet') {
    const named = formats.find((format) => format.name === name);
    if (named) return named;
    throw new SealongError(
      'usage',
      `"${name}" is no format known here. There are: ${formats.map((format) => format.name).join(', ')}.`,
    );
  }
  const first: SourceRow[] = [];
  for await (const row of source.rows()) {
    first.push(row);
    if (first.length === LOOKED_AT) break;
  }
  const format = recogniseFormat(
    formats,
    first.flatMap((row) => (row.ok ? [row.value] : [])),
  );
  if (format) return format;
  const known = formats.map(({ name: known, fields }) => `${known} (${fields})`).join('; ');
  throw new SealongError(
    'unknown_format',
    `${source.path} is in no format that SeaLong knows: ${seenIn(first)}. There are: ${known}.`,
  );
}

function seenIn(rows: readonly SourceRow[]): string {
  const [first] = rows;
  if (!first) return 'it has no rows';
  const place = placeOf(first);
  if (!first.ok) return `its ${place} is ${first.message.replace(/\.$/, '')}`;
  const names = Object.keys(fieldsOf(first.value));
  if (names.length === 0) return `its ${place} is no JSON object with fields`;
  const shown = names.slice(0, 12).map((name) => name.slice(0, 40));
  return `its ${place} has the fields ${shown.join(', ')}${names.length > 12 ? ', ...' : ''}`;
}
