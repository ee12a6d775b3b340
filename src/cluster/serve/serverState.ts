import * as z from 'zod';
import { join } from 'node:path';
import { readOptional, type Study } from '../../study/study.ts';
import { jobFolder } from '../../training/jobRecord.ts';

const stateSchema = z.object({
  phase: z.enum(['starting', 'serving', 'ended']),
  /** Where the cluster's login host reaches it. */
  host: z.string().regex(/^[\w.-]{1,253}$/),
  port: z.number().int().min(1).max(65535),
});
/** `state.json` of a server's job, as its script writes it. */
export type ServerState = z.infer<typeof stateSchema>;

/** What a server said last, of a job whose files are here; undefined where it has said nothing that can be read. */
export async function serverState(study: Study, id: string): Promise<ServerState | undefined> {
  const text = await readOptional(join(jobFolder(study, id), 'state.json'));
  if (text === undefined) return undefined;
  try {
    return stateSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
