import { open, stat, type FileHandle } from 'node:fs/promises';
import {
  parquetMetadataAsync,
  parquetReadObjects,
  type AsyncBuffer,
  type Compressors,
} from 'hyparquet';
import { compressors as packaged } from 'hyparquet-compressors';
import { SealongError, fileError, messageOf } from '../errors.ts';

const compressors: Compressors = {
  ...packaged,
  // The package takes the single byte of an empty page for a broken one (hyparquet-compressors 1.1.2).
  LZ4_RAW: (input, length) =>
    length === 0 || !packaged.LZ4_RAW ? new Uint8Array() : packaged.LZ4_RAW(input, length),
};

/**
 * The rows of a Parquet file as JSON would have them: whole numbers as numbers, dates as text. Read one row group after
 * the other, so memory holds one of them.
 *
 * @throws SealongError `bad_parquet`.
 */
export async function* parquetRows(path: string): AsyncGenerator<unknown, void, undefined> {
  const handle = await opened(path);
  try {
    const file = await bufferOf(handle, path);
    const metadata = await parquetMetadataAsync(file);
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      const rows = await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd });
      for (const row of rows) yield plain(row);
      rowStart = rowEnd;
    }
  } catch (error) {
    throw parquetError(path, error);
  } finally {
    await handle.close();
  }
}

/** The number of rows, as the file says. */
export async function countParquetRows(path: string): Promise<number> {
  const handle = await opened(path);
  try {
    const { num_rows } = await parquetMetadataAsync(await bufferOf(handle, path));
    return Number(num_rows);
  } catch (error) {
    throw parquetError(path, error);
  } finally {
    await handle.close();
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw fileError('read', path, error);
  }
}

async function bufferOf(handle: FileHandle, path: string): Promise<AsyncBuffer> {
  const { size } = await stat(path);
  return {
    byteLength: size,
    slice: async (start, end = size) => {
      const bytes = new ArrayBuffer(end - start);
      await handle.read(new Uint8Array(bytes), 0, end - start, start);
      return bytes;
    },
  };
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}

function parquetError(path: string, error: unknown): unknown {
  const mapped = fileError('read', path, error);
  return mapped instanceof SealongError
    ? mapped
    : new SealongError(
        'bad_parquet',
        `${path} could not be read as Parquet (${messageOf(error)}). Get the file again, or convert it to JSON Lines.`,
        { cause: error },
      );
}
