import { SealongError } from '../../errors.ts';

/** Where a script's output begins: a login shell may greet before. */
const BEGIN = 'sealong-begins';
/** A script's own end, told apart from that of the connection: its exit status on a line of its own. */
const MARK = 'sealong-ended';
/**
 * Before a script: what it writes is for its user alone (`$sealong_umask` is the user's own, for what jobs write), and messages
 * come in English, whatever language the host speaks. How characters are encoded stays as it is.
 */
const SETTING = [
  'sealong_umask=$(umask); umask 077',
  '[ -z "${LC_ALL:-}" ] || { LANG=$LC_ALL; export LANG; unset LC_ALL; }',
  'LC_MESSAGES=C; export LC_MESSAGES',
];

/**
 * A POSIX shell script that is sent on the standard input of the constant command `exec sh -s`, so that no login shell
 * ever reads a word of it. `values` become variables of the script by quoted assignments: data, never code.
 *
 * The body is a function that is read whole before it runs: a connection that breaks while it is sent runs nothing. Its
 * last line of output names `nonce` and the exit status, since ssh's own status 255 can come from either side.
 *
 * @throws SealongError `bad_remote_value` where a value holds a NUL, which no shell can carry.
 */
export function remoteScript(
  body: string,
  values: Readonly<Record<string, string>>,
  nonce: string,
): string {
  const assignments = Object.entries(values).map(([name, value]) => `${name}=${quoted(value)}`);
  return [
    'sealong_run() {',
    'set -u',
    ...assignments,
    body.trim(),
    '}',
    ...SETTING,
    `printf '\\n%s %s\\n' ${quoted(BEGIN)} ${quoted(nonce)}`,
    // In a shell of its own, so that `exit` in the body ends that alone.
    '(sealong_run) </dev/null',
    `printf '\\n%s %s %s\\n' ${quoted(MARK)} ${quoted(nonce)} "$?"`,
    '',
  ].join('\n');
}

/** What a script wrote, and its exit status; undefined where its end never arrived. */
export function remoteOutcome(
  stdout: Buffer,
  nonce: string,
): { output: Buffer; status: number } | undefined {
  const begin = `\n${BEGIN} ${nonce}\n`;
  const from = stdout.indexOf(begin) + begin.length;
  const mark = `\n${MARK} ${nonce} `;
  const at = stdout.lastIndexOf(mark);
  if (from < begin.length || at < from) return undefined;
  const status = /^(\d+)\n/.exec(stdout.toString('latin1', at + mark.length))?.[1];
  return status === undefined
    ? undefined
    : { output: stdout.subarray(from, at), status: Number(status) };
}

/** One word for a POSIX shell, whatever it holds. */
export function quoted(text: string): string {
  if (text.includes('\0'))
    throw new SealongError(
      'bad_remote_value',
      `A value for the cluster holds a NUL character: ${JSON.stringify(text.slice(0, 80))}. Remove it.`,
    );
  return `'${text.replaceAll("'", "'\\''")}'`;
}
