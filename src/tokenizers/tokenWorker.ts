import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod';
import { SealongError, messageOf } from '../errors.ts';
import type { FromTokenWorker, ToTokenWorker } from './tokenMessages.ts';
import { counterFromFile } from './tokenizerFile.ts';

/** Entry of a worker thread: counts the texts of one request after the other by one tokenizer. */
if (!parentPort) throw new Error('tokenWorker is the entry of a worker thread.');
const port = parentPort;
const { file } = z.object({ file: z.string() }).parse(workerData);
const counter = counterFromFile(file);
// Told to each request below.
counter.catch(() => undefined);

port.on('message', ({ request, texts }: ToTokenWorker) => {
  void count(request, texts);
});

async function count(request: number, texts: readonly string[]): Promise<void> {
  try {
    const { count } = await counter;
    const counts = new Uint32Array(texts.length);
    for (const [index, text] of texts.entries()) counts[index] = await count(text);
    post({ request, counts }, [counts.buffer]);
  } catch (error) {
    const code = error instanceof SealongError ? error.code : undefined;
    post({ request, error: { code, message: messageOf(error) } });
  }
}

function post(message: FromTokenWorker, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}
