import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { SealongError, fileError, messageOf } from '../../errors.ts';
import { readLines } from '../../records/lines.ts';
import { writeAtomic } from '../../records/writeAtomic.ts';
import { parameterHash } from '../../study/canonicalHash.ts';
import { localFolder, readOptional, type Study } from '../../study/study.ts';
import { openSource, parsed } from '../sourceFile.ts';
import { normalizeTitle } from '../titles.ts';
import { Collection } from './collection.ts';
import {
  documentOf,
  fileRows,
  filesOfFolder,
  folderRows,
  type CollectionRow,
} from './collectionRows.ts';
import { IndexWriter, titleHash } from './indexFile.ts';

/** Version of the index's layout and of what is taken for a document. */
const INDEX_VERSION = 1;
/** So many faults are listed; of more, only their number is told. */
const LISTED = 20;

const manifestSchema = z.object({
  path: z.string(),
  data: z.string(),
  documents: z.number(),
  left_out: z.number(),
  first: z.string().optional(),
  digest: z.string(),
});
type Manifest = z.infer<typeof manifestSchema>;

export interface CollectionPorts {
  signal: AbortSignal;
  warn: (message: string) => void;
  /** Told how many bytes of the file are read, where that takes long. */
  progress: (done: number, total: number) => void;
}

interface Inventory {
  path: string;
  files: { path: string; size: number; modified: number }[];
  isFolder: boolean;
}

/**
 * Opens a collection of documents: a file of any kind that questions may be in, or a folder. On first use it is read once
 * from end to end into an index under `.sealong/collections`; what is no plain JSON Lines is copied there as such, so that
 * every document can be read by its place. A file that changed since is read again.
 *
 * @throws SealongError as {@link openSource}; `no_documents`; `bad_document` where strict.
 */
export async function openCollection(
  study: Study,
  path: string,
  { strict, areArticles }: { strict: boolean; areArticles: boolean },
  ports: CollectionPorts,
): Promise<Collection> {
  const inventory = await takeInventory(resolve(path));
  const collections = join(await localFolder(study), 'collections');
  const folder = join(collections, parameterHash({ version: INDEX_VERSION, ...inventory }));
  const known = await readManifest(folder);
  const manifest = known ?? (await build(inventory, folder, strict, ports));
  if (strict && manifest.first !== undefined)
    throw new SealongError('bad_document', manifest.first);
  if (!known) await removeOthers(collections, folder, inventory.path);
  if (known && known.left_out > 0)
    ports.warn(
      `${known.left_out} rows of ${path} are no documents and were left out. The first: ${known.first ?? ''}`,
    );
  return new Collection({
    path,
    data: manifest.data,
    index: join(folder, 'index.bin'),
    digest: manifest.digest,
    leftOut: manifest.left_out,
    areArticles,
  });
}

async function takeInventory(path: string): Promise<Inventory> {
  try {
    const isFolder = (await stat(path)).isDirectory();
    const names = isFolder ? await filesOfFolder(path) : [path];
    const files = [];
    for (const name of names) {
      const { size, mtimeMs } = await stat(name);
      files.push({ path: name, size, modified: mtimeMs });
    }
    return { path, files, isFolder };
  } catch (error) {
    throw fileError('read', path, error);
  }
}

async function readManifest(folder: string): Promise<Manifest | undefined> {
  const text = await readOptional(join(folder, 'manifest.json'));
  if (text === undefined) return undefined;
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    // Written by another version, or damaged: built again.
    return undefined;
  }
}

type Add = (offset: number, length: number, title: string, text: string) => Promise<void>;

async function build(
  inventory: Inventory,
  folder: string,
  strict: boolean,
  ports: CollectionPorts,
): Promise<Manifest> {
  const { path, files, isFolder } = inventory;
  const source = isFolder ? undefined : await openSource(path);
  const inPlace = source?.container === 'lines' && source.compression === undefined;
  const faults = { count: 0, first: undefined as string | undefined };
  const fault = (place: string, message: string): void => {
    const text = `${place}: ${message}`;
    if (strict) throw new SealongError('bad_document', text);
    faults.count += 1;
    faults.first ??= text;
    if (faults.count <= LISTED) ports.warn(`${text} The document was left out.`);
  };
  const copy = join(folder, 'documents.jsonl');
  const hash = createHash('sha256');
  let documents = 0;
  await rm(folder, { recursive: true, force: true });
  try {
    await mkdir(folder, { recursive: true });
    const index = await open(join(folder, 'index.bin'), 'w');
    try {
      const writer = new IndexWriter(index);
      const add: Add = async (offset, length, title, text) => {
        hash.update(`${JSON.stringify([title, text])}\n`);
        documents += 1;
        await writer.add({ offset, length, title: titleHash(normalizeTitle(title)) });
      };
      if (inPlace) await indexLines(path, files[0]?.size ?? 0, add, fault, ports);
      else {
        const rows = isFolder
          ? folderRows(
              path,
              files.map((file) => file.path),
            )
          : fileRows(path);
        await copyRows(rows, copy, add, fault, ports.signal);
      }
      await writer.flush();
    } finally {
      await index.close();
    }
    if (documents === 0)
      throw new SealongError(
        'no_documents',
        `${path} holds no documents. ${faults.first ?? ''} Each row is {"title": ..., "text": ...}, or the text alone.`,
      );
    const manifest: Manifest = {
      path,
      data: inPlace ? path : copy,
      documents,
      left_out: faults.count,
      ...(faults.first === undefined ? {} : { first: faults.first }),
      digest: hash.digest('hex').slice(0, 16),
    };
    // The last to be written: where it is, the folder is complete.
    await writeAtomic(join(folder, 'manifest.json'), JSON.stringify(manifest));
    if (faults.count > LISTED)
      ports.warn(`${faults.count - LISTED} more rows of ${path} were left out.`);
    return manifest;
  } catch (error) {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    throw fileError('write', folder, error);
  }
}

async function indexLines(
  path: string,
  size: number,
  add: Add,
  fault: (place: string, message: string) => void,
  { signal, progress }: CollectionPorts,
): Promise<void> {
  let told = 0;
  for await (const lines of readLines(path)) {
    signal.throwIfAborted();
    for (const { line, offset, length, end, bytes } of lines) {
      const row = parsed(bytes);
      const document = row.ok ? documentOf(row.value) : row;
      if (document.ok && 'title' in document)
        await add(offset, length, document.title, document.text);
      else fault(`${path}, line ${line}`, 'message' in document ? document.message : '');
      if (end - told > 16 * 1024 * 1024) {
        told = end;
        progress(end, size);
      }
    }
  }
}

async function copyRows(
  rows: AsyncIterable<CollectionRow>,
  path: string,
  add: Add,
  fault: (place: string, message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const file = await open(path, 'w');
  try {
    let offset = 0;
    let buffered: Buffer[] = [];
    let size = 0;
    const flush = async () => {
      await file.write(Buffer.concat(buffered));
      buffered = [];
      size = 0;
    };
    for await (const row of rows) {
      signal.throwIfAborted();
      if (!row.ok) {
        fault(row.place, row.message);
        continue;
      }
      const line = Buffer.from(`${JSON.stringify({ title: row.title, text: row.text })}\n`);
      await add(offset, line.length - 1, row.title, row.text);
      offset += line.length;
      buffered.push(line);
      size += line.length;
      if (size > 1024 * 1024) await flush();
    }
    await flush();
  } finally {
    await file.close();
  }
}

/** What was made of an earlier state of the same file is of no use any more, and may be large. */
async function removeOthers(collections: string, kept: string, path: string): Promise<void> {
  try {
    for (const name of await readdir(collections)) {
      const folder = join(collections, name);
      if (folder !== kept && (await readManifest(folder))?.path === path)
        await rm(folder, { recursive: true, force: true });
    }
  } catch (error) {
    throw new SealongError(
      'read_only',
      `Could not clear ${collections} of what is out of date: ${messageOf(error)}.`,
      { cause: error },
    );
  }
}
