import * as vscode from 'vscode';
import { cancelledByUser } from '../errorReporter.ts';
import { pickSourceFile } from './questionsFile.ts';

const OWN = '$(list-selection) Only those that the questions come with';
const FILE = '$(file) Also those of a file...';
const FOLDER = '$(folder-opened) Also those of a folder of text files...';

/** Asks where unrelated documents come from; undefined for the questions' own alone. */
export async function pickDistractors(): Promise<string | undefined> {
  const picked = await vscode.window.showQuickPick(
    [
      { label: OWN, detail: 'Contexts hold the documents of the source and are not grown.' },
      {
        label: FILE,
        detail:
          'JSON Lines or Parquet with title and text: contexts grow to the lengths of the study.',
      },
      { label: FOLDER, detail: 'One document a file: contexts grow to the lengths of the study.' },
    ],
    { title: 'Unrelated documents', ignoreFocusOut: true },
  );
  if (!picked) throw cancelledByUser();
  if (picked.label === OWN) return undefined;
  return picked.label === FOLDER
    ? pickFolder()
    : pickSourceFile('Collection of unrelated documents', { optional: false });
}

/** Asks for the articles that take the place of paragraphs. */
export function pickArticles(): Promise<string | undefined> {
  return pickSourceFile('Articles to take the place of paragraphs', { optional: false });
}

async function pickFolder(): Promise<string> {
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: 'Folder of text files',
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  if (!chosen) throw cancelledByUser();
  return chosen.fsPath;
}
