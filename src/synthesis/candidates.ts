import { SealongError } from '../errors.ts';
import { issuesText } from '../records/jsonl.ts';
import { questionIdSchema } from '../records/schemas.ts';
import { fieldsOf, type LeftOut, type RowFormat, type SourceQuestion } from './formats/format.ts';
import { isFault, type LeftOutCount, type LeftOutReason } from './leftOut.ts';
import { placeOf, type SourceFile } from './sourceFile.ts';

/** A question of the source with the id it will have, before its context is made. */
export type Candidate = SourceQuestion & { id: string };

interface CandidateOptions {
  strict: boolean;
  signal: AbortSignal;
  warn: (message: string) => void;
}

/**
 * The items of a file in its order, each with an id of its own: the source's, or `q-` and the number of its row. Rows
 * with faults are left out and counted. Ends early when the signal is given.
 *
 * @throws SealongError `bad_row`, `bad_id`, `duplicate_id` at the first fault, where strict.
 */
export async function* candidates<Item extends { id: string | undefined }>(
  source: SourceFile,
  format: RowFormat<Item>,
  leftOut: LeftOutCount,
  options: CandidateOptions,
): AsyncGenerator<Item & { id: string }, void, undefined> {
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
    if (isLeftOut(read)) {
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
  { name, knownFields }: RowFormat<unknown>,
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

function isLeftOut(read: object): read is LeftOut {
  return 'leftOut' in read;
}
