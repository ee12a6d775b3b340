/** What ssh wants to know from the user, by way of SSH_ASKPASS. */
export type SshQuestion =
  /**
   * A passphrase, a password, a PIN or a second factor: answered by what is typed, which is never shown. `again` where the same was
   * asked before and the answer not taken.
   */
  | { type: 'secret'; host: string; what: string; again?: true }
  /** Whether the key of a host that is met for the first time is right. */
  | { type: 'hostKey'; host: string; address: string; keyType: string; fingerprint: string }
  /** Any other question with yes or no. */
  | { type: 'confirm'; host: string; what: string }
  /** Nothing to answer: a hardware key waits to be touched, for as long as the program that says so is left running. */
  | { type: 'notice'; host: string; what: string };

/**
 * @param host what ssh was told to connect to; jump hosts on the way are named in `prompt` alone.
 * @param prompt what ssh says, as OpenSSH words it.
 * @param hint SSH_ASKPASS_PROMPT, by which newer versions tell questions apart.
 */
export function sshQuestion(host: string, prompt: string, hint: string | undefined): SshQuestion {
  const what = prompt.trim();
  if (hint === 'none') return { type: 'notice', host, what };
  if (what.includes('(yes/no')) {
    const [, address] = /authenticity of host '(.*?)' can't be established/.exec(what) ?? [];
    const [, keyType, fingerprint] = /(\S+) key fingerprint is:? (\S+?)\.?\s/.exec(what) ?? [];
    return fingerprint === undefined
      ? { type: 'confirm', host, what }
      : {
          type: 'hostKey',
          host,
          address: address ?? host,
          keyType: keyType ?? '',
          fingerprint,
        };
  }
  if (hint === 'confirm' || what.includes("type 'yes', 'no'"))
    return { type: 'confirm', host, what };
  return { type: 'secret', host, what };
}
