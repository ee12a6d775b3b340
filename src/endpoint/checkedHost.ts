import { SealongError } from '../errors.ts';

/**
 * The host of a base URL, for messages.
 *
 * @throws SealongError `bad_endpoint` where it is no http(s) URL, or holds a password.
 */
export function checkedHost(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new SealongError(
      'bad_endpoint',
      'The endpoint is no http(s) URL. Write it as http://host:port/v1.',
    );
  if (url.username || url.password)
    throw new SealongError(
      'bad_endpoint',
      `The base URL of ${url.host} holds a password. Leave it out and set the key with "SeaLong: Set API Key" or SEALONG_API_KEY.`,
    );
  return url.host;
}
