import { isUtf8 } from 'node:buffer';
import { lstat, readFile, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as z from 'zod';
import { SealongError, fileError } from '../../errors.ts';
import { issuesText } from '../../records/jsonl.ts';
import { filledText, sourceTitle } from '../formats/fields.ts';
import { openSource, placeOf } from '../sourceFile.ts';

/** A document of a collection, or what is wrong with its row. `place` names file and row for messages. */
export type CollectionRow =
  { ok: true; title: string; text: string } | { ok: false; place: string; message: string };

const TEXT_FILE = /\.(txt|md|text)$/i;
const DATA_FILE = /\.(jsonl|ndjson|json|parquet)(\.(gz|zst))?$/i;

const documentSchema = z.preprocess(
  (value) => (typeof value === 'string' ? { text: value } : value),
  z.object({
    title: sourceTitle.nullish().transform((title) => title ?? ''),
    text: filledText,
  }),
);

/** Checks one row of a collection: `{title?, text}` with any other fields, or the text alone. */
export function documentOf(
  value: unknown,
): { ok: true; title: string; text: string } | { ok: false; message: string } {
  const parsed = documentSchema.safeParse(value);
  return parsed.success
    ? { ok: true, ...parsed.data }
    : { ok: false, message: `${issuesText(parsed.error.issues)}.` };
}

/** The documents of a file in the order of its rows. */
export async function* fileRows(path: string): AsyncGenerator<CollectionRow, void, undefined> {
  for await (const row of (await openSource(path)).rows()) {
    const document = row.ok ? documentOf(row.value) : row;
    yield document.ok && 'title' in document
      ? document
      : { ok: false, place: `${path}, ${placeOf(row)}`, message: messageIn(document) };
  }
}

/** The files of a folder that hold documents, below it too, in an order that is the same on every machine. */
export async function filesOfFolder(folder: string): Promise<string[]> {
  let entries;
  try {
    entries = await readdir(folder, { recursive: true });
  } catch (error) {
    throw fileError('read', folder, error);
  }
  const files: string[] = [];
  for (const path of entries.map((entry) => join(folder, entry)).sort((a, b) => (a < b ? -1 : 1)))
    if ((TEXT_FILE.test(path) || DATA_FILE.test(path)) && (await lstat(path)).isFile())
      files.push(path);
  if (files.length > 0) return files;
  throw new SealongError(
    'no_documents',
    `${folder} holds no documents: SeaLong takes text files (.txt, .md), JSON Lines and Parquet from a folder.`,
  );
}

/** The documents of a folder's files: a text file is one, titled by its name; any other holds one a row. */
export async function* folderRows(
  folder: string,
  files: readonly string[],
): AsyncGenerator<CollectionRow, void, undefined> {
  for (const file of files) {
    if (TEXT_FILE.test(file)) yield await textFile(folder, file);
    else yield* fileRows(file);
  }
}

async function textFile(folder: string, file: string): Promise<CollectionRow> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw fileError('read', file, error);
  }
  if (!isUtf8(bytes))
    return { ok: false, place: file, message: 'not valid UTF-8. Save the file as UTF-8.' };
  const name = relative(folder, file).split(/[\\/]/).at(-1) ?? '';
  const text = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replace(/\r\n/g, '\n')
    .trimEnd();
  const document = documentOf({ title: name.replace(TEXT_FILE, ''), text });
  return document.ok ? document : { ok: false, place: file, message: document.message };
}

function messageIn(row: object): string {
  return 'message' in row && typeof row.message === 'string' ? row.message : 'no document.';
}
