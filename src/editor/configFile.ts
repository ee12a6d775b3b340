import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { SealongError, fileError, messageOf } from '../errors.ts';
import { writeAtomic } from '../records/writeAtomic.ts';
import { studyPaths } from '../study/study.ts';
import type { OpenStudy } from './store/openStudy.ts';

/**
 * Changes a study's sealong.json, so that tree, panel, pairs and exports all go by what it then says.
 *
 * @param change of its text; may throw SyntaxError.
 * @throws SealongError `unsaved` where the file is being edited, `bad_config` where it is not JSON.
 */
export async function changeConfig(
  study: Pick<OpenStudy, 'dir'>,
  change: (text: string) => string,
): Promise<void> {
  const { config: path } = studyPaths(study.dir);
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === path);
  if (open?.isDirty)
    throw new SealongError('unsaved', `${path} has changes that are not saved. Save it first.`);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw fileError('read', path, error);
  }
  let changed: string;
  try {
    changed = change(text);
  } catch (error) {
    throw new SealongError(
      'bad_config',
      `${path} is not valid JSON (${messageOf(error)}). Mend it in the editor.`,
    );
  }
  await writeAtomic(path, changed);
}
