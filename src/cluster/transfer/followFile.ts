import { constants, open, rm, type FileHandle } from 'node:fs/promises';
import { SealongError, systemCodeOf } from '../../errors.ts';
import { writeAtomic } from '../../records/writeAtomic.ts';
import type { SshHost } from '../ssh/sshHost.ts';
import { READ_PARTS } from './transferScripts.ts';

/** A file on the host and its copy here, which is a beginning of it and grows. */
export interface FollowedFile {
  /** Absolute, without line breaks. */
  remote: string;
  local: string;
  /** It is small, and replaced or taken away as a whole. */
  whole?: boolean;
}

/** Bytes before the end of the copy that are read again, to see that the file is still the same one. */
const OVERLAP = 256;
/** Of one file in one call. */
const LIMIT = 4 * 1024 * 1024;

/**
 * Brings copies up to date in one call for all of them. Nothing twice and nothing missing, also over a restart here or a cut
 * connection: the copy's length is the place to go on from. A file that is another than before (rotated, or begun
 * anew by a job that was put back) begins the copy anew.
 *
 * @returns whether a file may hold more than was read.
 */
export async function followFiles(
  host: SshHost,
  files: readonly FollowedFile[],
  signal: AbortSignal,
): Promise<boolean> {
  const copies = await Promise.all(
    files.map(async (file) => (file.whole ? undefined : openCopy(file.local))),
  );
  try {
    const wanted = files.map(({ remote }, at) => {
      const length = copies[at]?.length ?? 0;
      return `${length - Math.min(length, OVERLAP)} ${LIMIT} ${remote}`;
    });
    const answer = await host.mustRunBytes(
      'Reading files',
      READ_PARTS,
      { wanted: wanted.join('\n') },
      signal,
    );
    let more = false;
    const there = new Set<number>();
    for (const part of partsOf(answer)) {
      there.add(part.number);
      const copy = copies[part.number - 1];
      const file = files[part.number - 1];
      if (copy) more = (await apply(copy, part)) || more;
      else if (file) await writeAtomic(file.local, part.bytes.toString('utf8'));
    }
    const gone = files.filter(({ whole }, at) => whole && !there.has(at + 1));
    await Promise.all(gone.map(({ local }) => rm(local, { force: true })));
    return more;
  } finally {
    await Promise.all(copies.map(async (copy) => copy?.file.close()));
  }
}

interface Copy {
  file: FileHandle;
  length: number;
}

/** A study may come from anybody: what is brought here goes into its own files, and not where a link leads. */
const COPY = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;

async function openCopy(path: string): Promise<Copy> {
  const file = await open(path, COPY).catch((error: unknown) => {
    if (systemCodeOf(error) !== 'ELOOP') throw error;
    throw new SealongError(
      'bad_job',
      `${path} is a link, into which nothing is written. Remove it: the file is brought here anew.`,
      { cause: error },
    );
  });
  return { file, length: (await file.stat()).size };
}

interface Part {
  number: number;
  from: number;
  size: number;
  bytes: Buffer;
}

function* partsOf(answer: Buffer): Generator<Part> {
  let at = 0;
  for (;;) {
    const end = answer.indexOf(10, at);
    if (end < 0) return;
    const head = /^@ (\d+) (\d+) (\d+) (\d+)$/.exec(answer.toString('latin1', at, end));
    if (!head) {
      at = end + 1;
      continue;
    }
    const [number = 0, from = 0, length = 0, size = 0] = head.slice(1).map(Number);
    const bytes = answer.subarray(end + 1, end + 1 + length);
    // A connection that broke within would have been told by the script's missing end.
    yield { number, from, size, bytes };
    at = end + 1 + length + 1;
  }
}

async function apply({ file, length }: Copy, part: Part): Promise<boolean> {
  const overlap = length - part.from;
  const same =
    part.from <= length &&
    overlap <= part.bytes.length &&
    (await isSame(file, part.from, part.bytes.subarray(0, overlap)));
  if (!same) {
    await file.truncate(0);
    // What was read is its beginning only if it was read from there.
    if (part.from === 0) await file.appendFile(part.bytes);
    return part.from !== 0 || part.bytes.length < part.size;
  }
  await file.appendFile(part.bytes.subarray(overlap));
  return part.from + part.bytes.length < part.size;
}

async function isSame(file: FileHandle, from: number, expected: Buffer): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(
    Buffer.alloc(expected.length),
    0,
    expected.length,
    from,
  );
  return bytesRead === expected.length && buffer.equals(expected);
}
