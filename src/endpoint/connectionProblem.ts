import { messageOf, systemCodeOf } from '../errors.ts';

/** Why a server could not be reached. */
export interface ConnectionProblem {
  kind: 'certificate' | 'unreachable';
  /** What is wrong and what to do, to stand after "Could not reach HOST: ". */
  words: string;
}

const UNKNOWN_AUTHORITY =
  'nobody known signed its certificate; set NODE_EXTRA_CA_CERTS to a file with that authority to trust it.';

const WORDS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there; is the server running?',
  ENOTFOUND: 'the host name is not known; check it.',
  EAI_AGAIN: 'the host name could not be looked up; check the network.',
  ECONNRESET: 'the connection was closed; look into the log of the server.',
  EPIPE: 'the connection was closed; look into the log of the server.',
  ETIMEDOUT: 'it did not answer in time; check the network, a firewall or a VPN.',
  EHOSTUNREACH: 'no way leads there; check the network or a VPN.',
  ENETUNREACH: 'no way leads there; check the network or a VPN.',
  EPROTO: 'it does not speak TLS there; does the address begin with http://?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there; does the address begin with http://?',
  ERR_SSL_PACKET_LENGTH_TOO_LONG:
    'it does not speak TLS there; does the address begin with http://?',
  CERT_HAS_EXPIRED: 'its certificate has expired.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host.',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is self-signed; set NODE_EXTRA_CA_CERTS to a file with it to trust it.',
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
};

/** Of these no later attempt will be free: somebody has to mend the set-up. */
const CERTIFICATE = /CERT|^EPROTO$|^UNABLE_TO_|^ERR_SSL_|^ERR_TLS_/;

/** What an error of the network, however it is wrapped, says about the connection. */
export function connectionProblem(error: unknown): ConnectionProblem {
  const code = systemCodeOf(error);
  return {
    kind: CERTIFICATE.test(code ?? '') ? 'certificate' : 'unreachable',
    words: WORDS[code ?? ''] ?? `${rootMessage(error)}.`,
  };
}

function rootMessage(error: unknown): string {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  // Of a host with several addresses, each has its own error.
  if (current instanceof AggregateError) return messageOf(current.errors[0]);
  return messageOf(current);
}
