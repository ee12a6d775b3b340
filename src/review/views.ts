import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SealongError, fileError, messageOf } from '../errors.ts';
import { issuesText, type Problem } from '../records/jsonl.ts';
import { writeAtomic } from '../records/writeAtomic.ts';
import { readOptional, type StudyPaths } from '../study/study.ts';
import { viewSchema, type View } from './view.ts';
import builtIn from './views.json' with { type: 'json' };

/** A view by the name of its file. */
export interface NamedView {
  name: string;
  view: View;
  /** Whether it comes with SeaLong: a file of its name takes its place. */
  builtIn: boolean;
}

/** The views that every study has. */
export const BUILT_IN_VIEWS: readonly NamedView[] = Object.entries(builtIn).map(([name, view]) => ({
  name,
  view: viewSchema.parse(view),
  builtIn: true,
}));

const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_. -]{0,79}$/u;

/**
 * The study's views, one file each (`views/NAME.json`), so that git merges what two people save; then the built-in ones.
 *
 * @returns also what is wrong with files that could not be used.
 */
export async function readViews(
  paths: Pick<StudyPaths, 'views'>,
): Promise<{ views: NamedView[]; problems: Problem[] }> {
  const own: NamedView[] = [];
  const problems: Problem[] = [];
  for (const file of await viewFiles(paths.views)) {
    const path = join(paths.views, file);
    const result = parsed(await readOptional(path));
    if (typeof result === 'string') problems.push({ file: path, line: 1, message: result });
    else own.push({ name: file.slice(0, -'.json'.length), view: result, builtIn: false });
  }
  const names = new Set(own.map(({ name }) => name));
  return { views: [...own, ...BUILT_IN_VIEWS.filter(({ name }) => !names.has(name))], problems };
}

/** @throws SealongError `usage` (name), `read_only`, `disk_full`. */
export async function saveView(
  paths: Pick<StudyPaths, 'views'>,
  name: string,
  view: View,
): Promise<void> {
  await writeAtomic(viewFile(paths, name), `${JSON.stringify(viewSchema.parse(view), null, 2)}\n`);
}

/** A built-in view of that name comes back. */
export async function deleteView(paths: Pick<StudyPaths, 'views'>, name: string): Promise<void> {
  const path = viewFile(paths, name);
  try {
    await rm(path);
  } catch (error) {
    throw fileError('delete', path, error);
  }
}

function viewFile(paths: Pick<StudyPaths, 'views'>, name: string): string {
  if (NAME.test(name)) return join(paths.views, `${name}.json`);
  throw new SealongError(
    'usage',
    `"${name}" cannot name a view: use letters, digits, spaces, ".", "_" and "-".`,
  );
}

function parsed(text: string | undefined): View | string {
  if (text === undefined) return 'the file is gone.';
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return `the file is not valid JSON (${messageOf(error)}). The view is left out until it is mended.`;
  }
  const result = viewSchema.safeParse(json);
  if (result.success) return result.data;
  return `${issuesText(result.error.issues)}. The view is left out until it is mended.`;
}

async function viewFiles(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  } catch (error) {
    const mapped = fileError('read', folder, error);
    if (mapped instanceof SealongError && mapped.code === 'missing_file') return [];
    throw mapped;
  }
}
