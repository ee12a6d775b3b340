import { createReadStream } from 'node:fs';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream';
import * as zlib from 'node:zlib';
import { SealongError, fileError, messageOf, systemCodeOf } from '../errors.ts';

export type Compression = 'gzip' | 'zstd';

const CHUNK_BYTES = 256 * 1024;

/**
 * The bytes of a file as a stream, unpacked.
 *
 * @throws SealongError `file_truncated`, `file_damaged` where it cannot be unpacked, `no_zstd` where this Node cannot.
 */
export async function* fileChunks(
  path: string,
  compression: Compression | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  try {
    yield* (
      compression ? unpacked(file, decompressor(path, compression)) : file
    ) as AsyncIterable<Buffer>;
  } catch (error) {
    throw unpackError(path, compression, error);
  } finally {
    file.destroy();
  }
}

function unpacked(file: NodeJS.ReadableStream, transform: Transform): Transform {
  // What fails or ends early on one side ends the other; whoever reads is told by the stream itself.
  pipeline(file, transform, () => undefined);
  return transform;
}

function decompressor(path: string, compression: Compression): Transform {
  if (compression === 'gzip') return zlib.createGunzip({ chunkSize: CHUNK_BYTES });
  if (Object.hasOwn(zlib, 'createZstdDecompress'))
    return zlib.createZstdDecompress({ chunkSize: CHUNK_BYTES });
  throw new SealongError(
    'no_zstd',
    `${path} is compressed with zstd, which Node ${process.versions.node} cannot unpack. Use Node 22.15 or newer, or unpack the file first (zstd -d).`,
  );
}

function unpackError(path: string, compression: Compression | undefined, error: unknown): unknown {
  const code = systemCodeOf(error) ?? '';
  if (!compression || !/^Z_|^ZSTD_|^ERR_ZSTD/.test(code)) return fileError('read', path, error);
  const truncated = code === 'Z_BUF_ERROR' || /unexpected end/i.test(messageOf(error));
  return truncated
    ? new SealongError(
        'file_truncated',
        `${path} ends in the middle of its ${compression} data: a part of the file is missing. Get the whole file again.`,
        { cause: error },
      )
    : new SealongError(
        'file_damaged',
        `${path} could not be unpacked: its ${compression} data is damaged (${messageOf(error)}). Get the file again.`,
        { cause: error },
      );
}
