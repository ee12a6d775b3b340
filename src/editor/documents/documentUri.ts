import * as z from 'zod';

export const DOCUMENT_SCHEME = 'sealong';

/** What a read-only document shows. */
export type DocumentTarget =
  | { type: 'trajectory'; dir: string; questionId: string; index: number }
  | { type: 'context'; dir: string; questionId: string };

const querySchema = z.object({
  dir: z.string().min(1),
  question: z.string().min(1),
  index: z.number().int().nonnegative().optional(),
});

/**
 * The parts of a document's address. Its path is for people alone, and for its ending, which tells the language: what it
 * shows stands in the query, and an id is never part of the path of a file.
 */
export function documentUriParts(
  target: DocumentTarget,
  study: string,
): { scheme: string; path: string; query: string } {
  const { dir, questionId } = target;
  const name =
    target.type === 'trajectory'
      ? `trajectory-${String(target.index).padStart(2, '0')}.sealong-trajectory`
      : 'context.sealong-context';
  return {
    scheme: DOCUMENT_SCHEME,
    path: `/${segment(study)}/${segment(questionId)}/${name}`,
    query: JSON.stringify({
      dir,
      question: questionId,
      ...(target.type === 'trajectory' ? { index: target.index } : {}),
    }),
  };
}

/** Undefined for an address that is none of ours. */
export function documentTarget(uri: { path: string; query: string }): DocumentTarget | undefined {
  let json: unknown;
  try {
    json = JSON.parse(uri.query);
  } catch {
    return undefined;
  }
  const { data } = querySchema.safeParse(json);
  if (!data) return undefined;
  const { dir, question: questionId, index } = data;
  if (uri.path.endsWith('.sealong-context')) return { type: 'context', dir, questionId };
  if (!uri.path.endsWith('.sealong-trajectory') || index === undefined) return undefined;
  return { type: 'trajectory', dir, questionId, index };
}

/** A name as one segment of a path: "." and ".." and slashes lose their meaning. */
function segment(name: string): string {
  const wellFormed = name.replace(/\p{Surrogate}/gu, '\uFFFD');
  const encoded = encodeURIComponent(wellFormed);
  return /^\.*$/.test(encoded) ? encoded.replaceAll('.', '%2E') || '_' : encoded;
}
