/** A base URL without a path means the server's `/v1`, as nearly all have it. What is no URL passes unchanged. */
export function withVersion(baseUrl: string): string {
  if (!URL.canParse(baseUrl)) return baseUrl;
  const url = new URL(baseUrl);
  return url.pathname === '/' ? new URL('/v1', url).href : baseUrl.replace(/\/+$/, '');
}
