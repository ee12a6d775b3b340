import { SealongError } from '../errors.ts';
import { issuesText } from '../records/jsonl.ts';
import { questionIdSchema } from '../records/schemas.ts';
import { fieldsOf, type DatasetFormat, type SourceQuestion } from './formats/format.ts';
import { FORMAT_NAMES, FORMATS, formatNamed, recogniseFormat } from './formats/table.ts';
import { isFault, type LeftOutCount, type LeftOutReason } from './leftOut.ts';
import { placeOf, type SourceFile, type SourceRow } from './sourceFile.ts';

/** A question of the source with the id it will have, before its context is made. */
export type Candidate = SourceQuestion & { id: string };

/** So many rows are looked at to recognise a format. */
const LOOKED_AT = 20;

/**
 * The format that was named, or the one that the first rows are in.
 *
 * @throws SealongError `usage` for a name that is none, `unknown_format` with what the first row has.
 */
export async function chooseFormat(source: SourceFile, name?: string): Promise<DatasetFormat> {
  if (name === 'parquet' && source.container !== 'parquet')
    throw new SealongError(
      'unknown_format',
      `${source.path} is no Parquet file. Name the format that it is in, or none.`,
    );
  // Parquet says how rows are packed, not what they are.
  if (name !== undefined && name !== 'parquet') {
    const named = formatNamed(name);
    if (named) return named;
    throw new SealongError(
      'usage',
      `"${name}" is no format of questions. There are: ${FORMAT_NAMES.join(', ')}.`,
    );
  }
  const first: SourceRow[] = [];
  for await (const row of source.rows()) {
    first.push(row);
    if (first.length === LOOKED_AT) break;
  }
  const format = recogniseFormat(first.flatMap((row) => (row.ok ? [row.value] : [])));
  if (format) return format;
  const known = FORMATS.map(({ name: known, fields }) => `${known} (${fields})`).join('; ');
  throw new SealongError(
    'unknown_format',
    `${source.path} is in no format that SeaLong knows: ${seenIn(first)}. There are: ${known}.`,
  );
}

/**
 * The questions of a file in its order, each with an id of its own: the source's, or `q-` and the number of its row. Rows
 * with faults are left out and counted. Ends early when the signal is given.
 *
 * @throws SealongError `bad_row`, `bad_id`, `duplicate_id` at the first fault, where strict.
 */
export async function* candidates(
  source: SourceFile,
  format: DatasetFormat,
  leftOut: LeftOutCount,
  options: { strict: boolean; signal: AbortSignal; warn: (message: string) => void },
): AsyncGenerator<Candidate, void, undefined> {
  const places = new Map<string, string>();
  const unknown = new Set<string>();
  for await (const row of source.rows()) {
    if (options.signal.aborted) return;
    const place = placeOf(row);
    const leave = (reason: LeftOutReason, message: string): void => {
      const text = `${source.path}, ${place}: ${message}`;
      if (options.strict && isFault(reason)) throw new SealongError(reason, text);
      leftOut.add(reason, text);
    };
    if (!row.ok) {
      leave('bad_row', row.message);
      continue;
    }
    const read = format.read(row.value);
    if ('leftOut' in read) {
      leave(read.leftOut, read.message);
      continue;
    }
    const id = read.id ?? `q-${String(row.row).padStart(4, '0')}`;
    const checked = questionIdSchema.safeParse(id);
    const earlier = places.get(id);
    if (!checked.success)
      leave('bad_id', `id ${JSON.stringify(id.slice(0, 80))} ${issuesText(checked.error.issues)}.`);
    else if (earlier !== undefined)
      leave('duplicate_id', `id "${id}" stands at ${earlier} already. Give it another id.`);
    else {
      places.set(id, place);
      pointOutUnknown(`${source.path}, ${place}`, row.value, format, unknown, options.warn);
      yield { ...read, id };
    }
  }
}

function pointOutUnknown(
  place: string,
  row: unknown,
  { name, knownFields }: DatasetFormat,
  seen: Set<string>,
  warn: (message: string) => void,
): void {
  if (!knownFields) return;
  for (const field of Object.keys(fieldsOf(row))) {
    if (knownFields.includes(field) || seen.has(field) || seen.size >= 20) continue;
    seen.add(field);
    warn(
      `${place}: the field "${field.slice(0, 80)}" is not known in the format ${name} and is not used, here and in later rows. Known are: ${knownFields.join(', ')}.`,
    );
  }
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
