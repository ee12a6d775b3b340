/**
 * An error that a user can act on.
 *
 * `code` is stable and names the reason (`disk_full`, `server_unreachable`, ...); `message` says what happened,
 * to which file, host or question, and what to do about it.
 */
export class SealongError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'SealongError';
    this.code = code;
  }
}

/** The message of anything thrown, for a place that can only show text. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system error code (`ENOSPC`, `ECONNREFUSED`, ...) of anything thrown, also when it is wrapped as a cause. */
export function systemCodeOf(error: unknown): string | undefined {
  let current: unknown = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
    if ('code' in current && typeof current.code === 'string') return current.code;
    current = current.cause;
  }
  return undefined;
}

const REMEDIES: Record<string, { code: string; what: string; remedy: string }> = {
  ENOSPC: {
    code: 'disk_full',
    what: 'the disk is full',
    remedy: 'Free some space and run this again; what was written before is kept.',
  },
  EDQUOT: {
    code: 'disk_full',
    what: 'the disk quota is used up',
    remedy: 'Free some space and run this again; what was written before is kept.',
  },
  EROFS: {
    code: 'read_only',
    what: 'the file system is read-only',
    remedy: 'Copy the study to a folder that you can write to.',
  },
  EACCES: {
    code: 'read_only',
    what: 'permission is denied',
    remedy: 'Check who owns the file and its folder, or copy the study to a folder of your own.',
  },
  EPERM: {
    code: 'read_only',
    what: 'permission is denied',
    remedy: 'Check who owns the file and its folder, or copy the study to a folder of your own.',
  },
  ENOENT: { code: 'missing_file', what: 'it does not exist', remedy: 'Check the path.' },
  EISDIR: { code: 'not_a_file', what: 'it is a folder', remedy: 'Name a file.' },
  ENOTDIR: {
    code: 'not_a_folder',
    what: 'a part of its path is a file',
    remedy: 'Check the path.',
  },
};

/** Turns a system error on `path` into one that says what, where and what to do; passes anything else on. */
export function fileError(action: string, path: string, error: unknown): unknown {
  if (error instanceof SealongError) return error;
  const known = REMEDIES[systemCodeOf(error) ?? ''];
  if (!known) return error;
  return new SealongError(
    known.code,
    `Could not ${action} ${path}: ${known.what}. ${known.remedy}`,
    {
      cause: error,
    },
  );
}
