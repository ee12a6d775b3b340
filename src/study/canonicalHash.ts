import { createHash } from 'node:crypto';

/** JSON with sorted keys and without undefined values: equal data gives equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Identifies a set of parameters: the first 16 hex digits of the SHA-256 of its canonical JSON. */
export function parameterHash(value: unknown): string {
  return digestOf(canonicalJson(value));
}

/** Identifies a text: the first 16 hex digits of its SHA-256. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
