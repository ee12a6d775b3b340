import * as vscode from 'vscode';
import type { FormatName } from '../../synthesis/formats/format.ts';
import { cancelledByUser } from '../errorReporter.ts';

const MOST_LISTED = 40;
/** What a dataset may be written as; `gz` and `zst` are packed JSON Lines. */
const ENDINGS = ['jsonl', 'json', 'ndjson', 'parquet', 'gz', 'zst'] as const;
/** Files that are certainly something else. */
const NO_SOURCE =
  /\/((sealong|synthesis|package|tsconfig|package-lock)\.json|(trajectories|answers)\.jsonl)$/;

/** Dataset formats as a reader of papers knows them. */
const FORMAT_LABELS: Record<FormatName, string> = {
  musique: 'MuSiQue',
  hotpotqa: 'HotpotQA',
  '2wiki': '2WikiMultihopQA',
  longbench: 'LongBench',
  jsonl: 'JSON Lines: question, documents, answers',
};

/** Asks for a file of a dataset: those of the workspace are listed, any other can be chosen. */
export async function pickSourceFile(
  title: string,
  options: { optional: boolean },
): Promise<string | undefined> {
  // What a study itself keeps is no source of questions.
  const found = await vscode.workspace.findFiles(
    `**/*.{${ENDINGS.join(',')}}`,
    '**/{node_modules,.git,.vscode,.sealong,scores,decisions,exports,strategies}/**',
    MOST_LISTED * 4,
  );
  type Item = vscode.QuickPickItem & { path?: string; later?: boolean };
  const items: Item[] = found
    .filter(({ path }) => !NO_SOURCE.test(path))
    .slice(0, MOST_LISTED)
    .map((uri) => ({
      label: vscode.workspace.asRelativePath(uri),
      path: uri.fsPath,
    }));
  const picked = await vscode.window.showQuickPick<Item>(
    [
      { label: '$(folder-opened) Choose a file...' },
      ...(options.optional ? [{ label: '$(clock) Later', later: true }] : []),
      ...items,
    ],
    { title, ignoreFocusOut: true },
  );
  if (!picked) throw cancelledByUser();
  if (picked.later === true) return undefined;
  if (picked.path !== undefined) return picked.path;
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title,
      filters: { Datasets: [...ENDINGS], All: ['*'] },
    })) ?? [];
  if (!chosen) throw cancelledByUser();
  return chosen.fsPath;
}

/** @returns undefined where the format is to be recognised. */
export async function pickFormat(): Promise<FormatName | undefined> {
  const formats = Object.entries(FORMAT_LABELS).map(([name, label]) => ({
    label,
    description: name,
    name,
  }));
  const picked = await vscode.window.showQuickPick(
    [{ label: 'Recognise it', description: 'from its first rows', name: '' }, ...formats],
    { title: 'Format of the file' },
  );
  if (!picked) throw cancelledByUser();
  return isFormat(picked.name) ? picked.name : undefined;
}

function isFormat(name: string): name is FormatName {
  return name in FORMAT_LABELS;
}
