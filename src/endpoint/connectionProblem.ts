import { messageOf, systemCodeOf } from '../errors.ts';

/** Why a server could not be reached. */
export interface ConnectionProblem {
  kind: 'redirect' | 'certificate' | 'unreachable';
  /** What is wrong and what to do, to stand after "Could not reach HOST: ". */
  words: string;
}

const WORDS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there; is the server running?',
  ENOTFOUND: 'the host name is not known; check it.',
  ECONNRESET: 'the connection was closed; look into the log of the server.',
  CERT_HAS_EXPIRED: 'its certificate has expired.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host.',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is self-signed; set NODE_EXTRA_CA_CERTS to trust it.',
};

/** What an error of `fetch`, however it is wrapped, says about the connection. */
export function connectionProblem(error: unknown): ConnectionProblem {
  const code = systemCodeOf(error);
  const cause = rootMessage(error);
  if (/redirect/i.test(cause))
    return {
      kind: 'redirect',
      words:
        'it redirects to another address, which SeaLong does not follow, since the key would go with it. Use the final address as base URL.',
    };
  return {
    kind: code?.includes('CERT') ? 'certificate' : 'unreachable',
    words: WORDS[code ?? ''] ?? `${cause}.`,
  };
}

function rootMessage(error: unknown): string {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  return messageOf(current);
}
