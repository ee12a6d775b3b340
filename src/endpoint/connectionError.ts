import { systemCodeOf } from '../errors.ts';
import { connectionProblem } from './connectionProblem.ts';
import { EndpointError } from './endpointError.ts';
import { BadBody } from './responseBody.ts';

/**
 * An error of the network or of what came over it, as what it means for the run.
 *
 * @param answered whether the answer had begun.
 */
export function connectionError(error: unknown, host: string, answered: boolean): EndpointError {
  if (error instanceof BadBody)
    return new EndpointError('bad_answer', 'later', `${host} sent ${error.message}.`);
  const code = systemCodeOf(error) ?? '';
  // Of zlib.
  if (/^(Z_|ERR_BROTLI|ERR__ERROR)/.test(code))
    return new EndpointError('bad_answer', 'later', `${host} sent an answer that does not unpack.`);
  if (answered)
    return new EndpointError(
      'answer_cut',
      'later',
      `${host} broke off in the middle of an answer.`,
      { cause: error },
    );
  // Of the HTTP parser.
  if (code.startsWith('HPE_'))
    return new EndpointError(
      'bad_answer',
      'run',
      `${host} does not speak HTTP there. Check the base URL: its port, and whether it begins with https://.`,
      { cause: error },
    );
  const { kind, words } = connectionProblem(error);
  const closed = code === 'ECONNRESET' || code === 'EPIPE';
  return new EndpointError(
    kind === 'certificate' ? 'bad_certificate' : closed ? 'connection_reset' : 'server_unreachable',
    kind === 'certificate' ? 'run' : 'later',
    `Could not reach ${host}: ${words}`,
    { cause: error },
  );
}
