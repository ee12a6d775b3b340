import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from './apiError.ts';

/** Contexts of 31K tokens are 150 KB; this leaves room for far more and still bounds the memory. */
const MOST_BYTES = 64 * 1024 * 1024;

/** @throws ApiError 413 above 64 MiB, 400 where the bytes are not UTF-8. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > MOST_BYTES) throw tooLarge();
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    if (!Buffer.isBuffer(part)) continue;
    size += part.length;
    if (size > MOST_BYTES) throw tooLarge();
    parts.push(part);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
  } catch (cause) {
    throw new ApiError(400, 'The request body is not UTF-8.', { code: 'invalid_encoding', cause });
  }
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // What is left of a body that was refused would be read as the next request.
    ...(status === 413 ? { connection: 'close' } : {}),
  });
  response.end(text);
}

function tooLarge(): ApiError {
  return new ApiError(413, `The request body is larger than ${MOST_BYTES} bytes (64 MiB).`, {
    code: 'request_too_large',
  });
}
