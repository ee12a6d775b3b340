import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../setup/cache.mjs';
import { endedTooEarly, start } from './processes.mjs';

/**
 * Starts `sealong serve`, or finds the one that runs already; returns `{url, program}`, without
 * `program` when it was running before and is not ours to stop.
 */
export async function startEmbeddedServer(embedded, state) {
  const program = start(process.execPath, [join(root, 'dist/sealong.js'), 'serve', '--port', '0'], {
    env: { SEALONG_EMBEDDED: embedded },
    log: join(state, 'serve.log'),
    keepStdout: true,
  });
  const lines = createInterface({ input: program.child.stdout });
  const line = new Promise((resolve) => lines.once('line', resolve));
  const first = await Promise.race([line, program.ended.then(() => undefined)]);
  // A program that ends right after its line may be seen to end first.
  const text = first ?? (await Promise.race([line, afterMs(100)]));
  if (text === undefined) {
    throw endedTooEarly('The embedded model', await program.ended, program);
  }
  const { url, pid } = JSON.parse(text);
  return pid === program.child.pid ? { url, program } : { url };
}

function afterMs(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined));
}
