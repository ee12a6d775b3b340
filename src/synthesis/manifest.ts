import { join } from 'node:path';
import * as z from 'zod';
import { SealongError, messageOf } from '../errors.ts';
import { issuesText } from '../records/jsonl.ts';
import { writeAtomic } from '../records/writeAtomic.ts';
import { readOptional, type Study } from '../study/study.ts';

const collection = z.object({ documents: z.number(), left_out: z.number(), digest: z.string() });

/** What of `synthesis.json` is read again: the rest of it is for people. */
const manifestSchema = z.object({
  synthesis: z.string(),
  /** Name of the file, without its folder, which is of one machine. */
  source: z.string().optional(),
  format: z.string(),
  tokenizer: z.string(),
  seed: z.number(),
  random: z.string(),
  left_out: z.record(z.string(), z.number()),
  growth: z
    .object({
      distractors: z.string(),
      too_long: z.string(),
      exclude_answer_leaks: z.boolean(),
      target_tokens: z.object({ min: z.number(), max: z.number() }).optional(),
      over_target: z.number(),
      unfilled: z.number(),
      collection: collection.optional(),
      articles: collection.optional(),
    })
    .optional(),
  import: z
    .object({
      kind: z.enum(['preference', 'sft']),
      pick: z.string(),
      supervision: z.string(),
      sha256: z.string(),
    })
    .optional(),
});
export type SynthesisManifest = z.infer<typeof manifestSchema>;

/** Keeps beside the questions what they were made of: source and collection are no part of the study. */
export function writeManifest(
  study: Study,
  summary: SynthesisManifest & Record<string, unknown>,
): Promise<void> {
  return writeAtomic(pathOf(study), `${JSON.stringify(summary, null, 2)}\n`);
}

/**
 * @returns undefined where there is none.
 * @throws SealongError `bad_manifest`.
 */
export async function readManifest(study: Study): Promise<SynthesisManifest | undefined> {
  const text = await readOptional(pathOf(study));
  if (text === undefined) return undefined;
  const broken = (why: string) =>
    new SealongError(
      'bad_manifest',
      `${pathOf(study)} cannot be used (${why}). Make the questions again to have it written anew, or delete it.`,
    );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw broken(messageOf(error));
  }
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw broken(issuesText(parsed.error.issues));
}

function pathOf(study: Study): string {
  return join(study.dir, 'synthesis.json');
}
