import { createHash } from 'node:crypto';
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError } from '../errors.ts';
import type { MatrixPlace } from '../records/schemas.ts';

/**
 * Appends an N x N matrix (float32, little endian) to a scorer's file. The place goes into the score record, which is
 * written after it: a kill in between leaves bytes that nobody refers to.
 */
export async function appendMatrix(path: string, matrix: Float32Array): Promise<MatrixPlace> {
  const bytes = Buffer.alloc(matrix.length * 4);
  matrix.forEach((value, position) => bytes.writeFloatLE(value, position * 4));
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'a');
    try {
      const { size: offset } = await file.stat();
      await file.appendFile(bytes);
      return { offset, size: Math.round(Math.sqrt(matrix.length)), sha256: sha256(bytes) };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError('append to', path, error);
  }
}

/** The matrix at a place, or undefined where the file is lost, shorter or damaged: `score` then makes it anew. */
export async function readMatrix(
  path: string,
  place: MatrixPlace,
): Promise<Float32Array | undefined> {
  const bytes = Buffer.alloc(place.size * place.size * 4);
  try {
    if ((await stat(path)).size < place.offset + bytes.length) return undefined;
    const file = await open(path, 'r');
    try {
      await file.read(bytes, 0, bytes.length, place.offset);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw fileError('read', path, error);
  }
  if (sha256(bytes) !== place.sha256) return undefined;
  return Float32Array.from({ length: place.size * place.size }, (_, position) =>
    bytes.readFloatLE(position * 4),
  );
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}
