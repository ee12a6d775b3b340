import { join } from 'node:path';
import { z } from 'zod';
import { startProgram } from './programs.ts';
import { ROOT, type Requirements } from './requirements.ts';
import { until } from './until.ts';

const startedSchema = z.object({ url: z.url(), pid: z.int(), model: z.string() });

/** The embedded model behind its HTTP server, as `sealong serve` starts it. */
export interface ModelServer {
  /** Without `/v1`. */
  url: string;
  port: number;
  model: string;
  stop: () => Promise<void>;
}

/** @param cache where the server leaves its state: a folder of the test's own, so that no other server is taken for it. */
export async function startModelServer(
  { node, embedded }: Requirements,
  cache: string,
  port = 0,
): Promise<ModelServer> {
  const args = [join(ROOT, 'dist/sealong.js'), 'serve', '--port', String(port)];
  const env = { SEALONG_EMBEDDED: embedded, SEALONG_CACHE: cache };
  const program = startProgram(node, args, { env });
  let ended: string | undefined;
  void program.ended.then((outcome) => (ended = outcome));
  const line = await until('the address of the embedded model', () => {
    if (ended !== undefined)
      throw new Error(`The embedded model ended (${ended}):\n${program.output()}`);
    return program
      .output()
      .split('\n')
      .find((text) => text.startsWith('{'));
  });
  const { url, model } = startedSchema.parse(JSON.parse(line));
  return { url, port: Number(new URL(url).port), model, stop: program.stop };
}
