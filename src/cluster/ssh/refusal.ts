import { SealongError } from '../../errors.ts';
import type { SshQuestion } from './sshQuestion.ts';

/** Why there is no connection where the user gave no answer to a question of ssh. */
export function notAnswered(question: SshQuestion): SealongError {
  const { host } = question;
  if (question.type === 'hostKey')
    return new SealongError(
      'not_answered',
      `The host key of ${host} was not accepted, and nothing was sent. Compare ${question.keyType} ${question.fingerprint} with the fingerprint that your cluster publishes; if it is right, connect again and accept it.`,
    );
  return new SealongError(
    'not_answered',
    `${host} was not connected to, and nothing was sent: "${withoutColon(question.what)}" was not answered. Do the same again to be asked again.`,
  );
}

/**
 * The failure of a connection, with what the user had typed for it: ssh says of a wrong passphrase only that no key was taken.
 *
 * @param answered what the user answered for it.
 */
export function refusalOf(error: unknown, host: string, answered: readonly SshQuestion[]): unknown {
  if (!(error instanceof SealongError && error.code === 'ssh_denied')) return error;
  const secret = answered.findLast(({ type }) => type === 'secret');
  if (secret?.type !== 'secret') return error;
  const remedy = secret.what.includes('passphrase')
    ? ', or load the key with "ssh-add" in a terminal'
    : '';
  return new SealongError(
    'ssh_denied',
    `${host} does not let you in: what was typed for "${withoutColon(secret.what)}" was not taken. Connect again and type it anew${remedy}.`,
  );
}

function withoutColon(what: string): string {
  return what.replace(/:\s*$/, '');
}
