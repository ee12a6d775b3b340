import { createHash } from 'node:crypto';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { fileError, systemCodeOf } from '../errors.ts';
import { START, type Position } from '../records/lines.ts';

/** What tells one state of a file from another without reading it. */
export interface FileFacts {
  inode: string;
  size: number;
  modifiedMs: number;
}

/** Up to where a file was read, and what it was then. */
export interface Mark extends FileFacts {
  position: Position;
  /** Digest of the bytes before the position: of all where they are few, else of the first and the last ones. */
  before: string;
  /** Hash of the rules by which answers were found in it, of a file of trajectories. */
  rules?: string;
}

/**
 * How to go on with a file: `none` where there is nothing new, `on` to read what was appended, `anew` where what was
 * read before no longer holds.
 */
export type Reading = { kind: 'none' } | { kind: 'on'; from: Position } | { kind: 'anew' };

const HEAD_BYTES = 64 * 1024;
const TAIL_BYTES = 192 * 1024;

/** Decides from a file's mark and from what it is now; undefined is a file never read, or one that is gone. */
export function planReading(
  mark: Mark | undefined,
  now: (FileFacts & { before: string }) | undefined,
): Reading {
  if (!now) return { kind: mark ? 'anew' : 'none' };
  if (!mark) return { kind: 'on', from: START };
  if (now.inode !== mark.inode || now.size < mark.position.offset) return { kind: 'anew' };
  if (now.size === mark.size && now.modifiedMs === mark.modifiedMs) return { kind: 'none' };
  if (now.before !== mark.before) return { kind: 'anew' };
  // Written to without growing: an edit in the middle, beyond what the digest covers, is possible.
  if (now.size === mark.size && mark.position.offset > HEAD_BYTES + TAIL_BYTES)
    return { kind: 'anew' };
  return { kind: 'on', from: mark.position };
}

/** @throws SealongError where the file is there and cannot be read. */
export async function readingOf(path: string, mark: Mark | undefined): Promise<Reading> {
  const facts = await factsOf(path);
  if (!facts || !mark) return planReading(mark, facts && { ...facts, before: '' });
  // The bytes before are only read where the facts leave it open whether they changed.
  const guess = planReading(mark, { ...facts, before: mark.before });
  if (guess.kind !== 'on') return guess;
  const before = await digestBefore(path, mark.position.offset);
  return planReading(mark, { ...facts, before });
}

/** Undefined where there is no file. */
export async function factsOf(path: string): Promise<FileFacts | undefined> {
  try {
    const { ino, size, mtimeMs } = await stat(path);
    return { inode: String(ino), size, modifiedMs: mtimeMs };
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw fileError('read', path, error);
  }
}

/** @param facts taken before the reading, so that what was appended meanwhile is seen as new. */
export async function markAt(path: string, facts: FileFacts, position: Position): Promise<Mark> {
  return { ...facts, position, before: await digestBefore(path, position.offset) };
}

async function digestBefore(path: string, offset: number): Promise<string> {
  const hash = createHash('sha256');
  try {
    const file = await open(path, 'r');
    try {
      const head = Math.min(HEAD_BYTES, offset);
      hash.update(await bytesAt(file, 0, head));
      const tail = Math.min(TAIL_BYTES, offset - head);
      hash.update(await bytesAt(file, offset - tail, tail));
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError('read', path, error);
  }
  return hash.digest('hex').slice(0, 16);
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  return bytes.subarray(0, bytesRead);
}
