import { SealongError } from '../../errors.ts';

/** Where a connection was to go, for messages. */
export interface SshTarget {
  /** The name that ssh was given: an alias of ssh_config, or user@host. */
  host: string;
}

interface Failure {
  code: string;
  seen: RegExp;
  message: (target: SshTarget, match: RegExpExecArray, stderr: string) => string;
}

/**
 * What OpenSSH says, in the order in which it is looked for: a later line of one failure is often the first of another.
 * All of these end with status 255.
 */
const FAILURES: readonly Failure[] = [
  {
    code: 'host_key_changed',
    seen: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for (\S+) has changed/,
    message: ({ host }, _, stderr) => changedKey(host, stderr),
  },
  {
    code: 'ssh_sessions',
    seen: /Session open refused by peer/,
    message: ({ host }) =>
      `${host} takes fewer sessions at once on a connection than were asked for (MaxSessions of its sshd), and a connection more was not let in. Try again when less is under way, or ask its administrators for at least 2.`,
  },
  {
    code: 'host_key_unknown',
    seen: /No (\S+) host key is known|Host key verification failed/,
    message: ({ host }) =>
      `The host key of ${host} is not known yet, and it was not accepted. Connect once from a terminal ("ssh ${host}"), compare the fingerprint with the one your cluster publishes, and accept it.`,
  },
  {
    code: 'ssh_denied',
    seen: /Permission denied \(([a-z][a-z,-]*)\)|Too many authentication failures/,
    message: ({ host }, match) =>
      match[1]?.includes('keyboard-interactive') === true || match[1]?.includes('password') === true
        ? `${host} asks for a password or a second factor (${match[1]}) and got none that it takes. Connect again and answer its question, or open a connection from a terminal first.`
        : `${host} does not let you in${match[1] === undefined ? '' : ` (${match[1]})`}. Check the user and IdentityFile of this host in your ssh_config, and that your key is loaded ("ssh-add -l").`,
  },
  {
    code: 'ssh_target_down',
    seen: /channel \d+: open failed: connect failed: ([^\r\n]*)|stdio forwarding failed/,
    message: ({ host }, match) =>
      `The jump host answers, but ${host} behind it does not${match[1] === undefined ? '' : ` (${match[1]})`}. Check that it is up, and its name and port in your ssh_config.`,
  },
  {
    code: 'ssh_jump_down',
    seen: /Connection closed by UNKNOWN port 65535/,
    message: ({ host }) =>
      `The jump host in front of ${host} does not answer. Check ProxyJump in your ssh_config, your network or VPN, and that the jump host is up.`,
  },
  {
    code: 'ssh_dns',
    seen: /Could not resolve hostname (\S+?):/,
    message: ({ host }, match) =>
      `${host} cannot be reached: the name ${match[1] ?? host} is not known (DNS). Check it and its entry in your ssh_config; some names resolve only inside a VPN.`,
  },
  {
    code: 'ssh_refused',
    seen: /connect to host (\S+) port (\d+): Connection refused/,
    message: ({ host }, match) =>
      `${host} refuses connections on port ${match[2] ?? '22'}. Check the port in your ssh_config and that sshd runs there.`,
  },
  {
    code: 'ssh_unreachable',
    seen: /No route to host|Network is unreachable/,
    message: ({ host }) => `There is no way to ${host} from here. Check your network or VPN.`,
  },
  {
    code: 'ssh_timeout',
    seen: /Connection timed out|Operation timed out|Timeout, server .* not responding/,
    message: ({ host }) =>
      `${host} did not answer in time. Check your network or VPN, and that the host is up.`,
  },
  {
    code: 'ssh_config',
    seen: /Bad configuration option[^\r\n]*|terminating, \d+ bad configuration options|Can't open user config file[^\r\n]*/,
    message: ({ host }, match) =>
      `ssh cannot read its configuration for ${host}: ${match[0]}. Mend your ssh_config.`,
  },
  {
    code: 'ssh_dropped',
    seen: /Connection to \S+ closed by remote host|Connection reset by|Broken pipe|kex_exchange_identification|client_loop: send disconnect|mux_client_\w+: |Connection closed by/,
    message: ({ host }) =>
      `The connection to ${host} was cut. What was done there is kept; the next try finds it.`,
  },
];

/** Failures that a later try of the same may not meet. */
const PASSING = new Set([
  'ssh_dropped',
  'ssh_timeout',
  'ssh_unreachable',
  'ssh_refused',
  'ssh_dns',
  'ssh_jump_down',
  'ssh_target_down',
  'ssh_sessions',
]);

/** ssh says which key it was shown, and the line of known_hosts that holds another. */
function changedKey(host: string, stderr: string): string {
  const [, file, line] = /^Offending \S+ key in (.+):(\d+)\s*$/m.exec(stderr) ?? [];
  const [, type, shown] =
    /fingerprint for the (\S+) key sent by the remote host is\s+(\S+?)\.?\s/.exec(stderr) ?? [];
  const name = /Host key for (\S+) has changed/.exec(stderr)?.[1] ?? host;
  const where = file === undefined ? 'your known_hosts' : `${file}, line ${line}`;
  const now = shown === undefined ? '' : ` It now shows ${type} ${shown}.`;
  const remove = `ssh-keygen -R "${name}"${file === undefined ? '' : ` -f "${file}"`}`;
  return `The host key of ${host} is not the one in ${where}: somebody may be listening in, or the host was set up anew.${now} Nothing was sent. Ask its administrators for the fingerprint of its key; if it is this one, remove the old key with: ${remove} and connect again.`;
}

/** Why ssh did not come to the end of a script, from what it wrote on stderr. */
export function sshFailure(stderr: string, target: SshTarget): SealongError {
  for (const { code, seen, message } of FAILURES) {
    const match = seen.exec(stderr);
    if (match) return new SealongError(code, message(target, match, stderr));
  }
  const said = stderr.trim().split('\n').slice(-3).join(' ').slice(0, 400);
  return new SealongError(
    'ssh_dropped',
    said === ''
      ? `The connection to ${target.host} ended before the answer came. What was done there is kept; the next try finds it.`
      : `The connection to ${target.host} failed: ${said}`,
  );
}

/** Whether waiting and connecting again may help. */
export function isPassing(error: unknown): boolean {
  return error instanceof SealongError && PASSING.has(error.code);
}
