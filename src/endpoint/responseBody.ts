import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** The most that an answer in one piece may hold: far above 128 choices of the longest outputs. */
const MOST_BYTES = 32 * 1024 * 1024;

const DECODERS: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** A body that cannot be used; its message says what was sent instead. */
export class BadBody extends Error {}

/** The body unpacked. We ask for none of these, but some gateways pack anyway. */
export function decoded(response: IncomingMessage): Readable {
  const make = DECODERS[response.headers['content-encoding']?.toLowerCase() ?? ''];
  if (!make) return response;
  // An error of either end reaches whoever reads the last stream.
  return pipeline(response, make(), () => undefined);
}

/**
 * The whole of a body as text.
 *
 * @throws BadBody for one that is too large or no UTF-8.
 */
export async function textOf(stream: Readable): Promise<string> {
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length <= MOST_BYTES) return;
      reject(new BadBody(`more than ${MOST_BYTES / 1024 / 1024} MiB`));
      stream.destroy();
    });
    stream.once('end', () => {
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length));
    });
    stream.once('error', reject);
    stream.once('close', () => {
      reject(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
    });
  });
  if (!isUtf8(bytes)) throw new BadBody('text that is not UTF-8');
  return bytes.toString('utf8');
}
