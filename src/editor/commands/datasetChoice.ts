import * as vscode from 'vscode';
import type { ExampleFormat } from '../../importing/formats/example.ts';
import { EXAMPLE_FORMATS } from '../../importing/formats/table.ts';
import type { StageRequest } from '../../stageRequest.ts';
import { cancelledByUser } from '../errorReporter.ts';
import { pickSourceFile } from './questionsFile.ts';

export type DatasetChoice = Omit<
  Extract<StageRequest, { verb: 'import' }>,
  'verb' | 'study' | 'settings' | 'replace' | 'strict'
>;

/** Asks for a dataset of preferences or single answers, and which of its examples to take. */
export async function pickDataset(count: number): Promise<DatasetChoice> {
  const from = await pickSourceFile('File of preference or SFT data', { optional: false });
  if (from === undefined) throw cancelledByUser();
  const format = await pickExampleFormat();
  const pick = await pickHow(format);
  return {
    from,
    ...(format ? { format: format.name } : {}),
    ...(pick ? { pick } : {}),
    count: await askCount(count),
    ...(format && format.supervision === undefined ? await askSupervision() : {}),
  };
}

/** @returns undefined where the format is to be recognised. */
async function pickExampleFormat(): Promise<ExampleFormat | undefined> {
  type Item = vscode.QuickPickItem & { format?: ExampleFormat };
  const items = EXAMPLE_FORMATS.map((format): Item => ({
    label: format.label,
    description: format.kind === 'sft' ? 'single answers' : 'preferences',
    detail: format.fields,
    format,
  }));
  const picked = await vscode.window.showQuickPick<Item>(
    [{ label: 'Recognise it', description: 'from its first rows' }, ...items],
    { title: 'Format of the dataset', matchOnDetail: true, ignoreFocusOut: true },
  );
  if (!picked) throw cancelledByUser();
  return picked.format;
}

async function pickHow(
  format: ExampleFormat | undefined,
): Promise<'random' | 'longest' | undefined> {
  const paper = 'As the paper did';
  const random = 'At random';
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: paper,
        detail: format
          ? `Of ${format.label}: ${format.pick === 'longest' ? 'the longest' : 'at random'}.`
          : 'The longest of TULU-V2-mix, WildChat and UltraFeedback, of others at random.',
      },
      { label: random, detail: 'By the seed of the study, so that the same are picked again.' },
      { label: 'The longest', detail: 'By tokens of prompt and chosen answer.' },
    ],
    { title: 'Which examples?', ignoreFocusOut: true },
  );
  if (!picked) throw cancelledByUser();
  if (picked.label === paper) return undefined;
  return picked.label === random ? 'random' : 'longest';
}

async function askCount(count: number): Promise<number> {
  const text = await vscode.window.showInputBox({
    title: 'How many examples?',
    prompt: 'The paper takes 2,048 of each dataset. More can be added later.',
    value: String(count),
    ignoreFocusOut: true,
    validateInput: (written) =>
      /^[1-9]\d{0,6}$/.test(written.trim()) ? undefined : 'Write a whole number from 1 on.',
  });
  if (text === undefined) throw cancelledByUser();
  return Number(text);
}

async function askSupervision(): Promise<{ supervision?: string }> {
  const text = await vscode.window.showInputBox({
    title: 'Who are the answers from?',
    prompt: 'People, or a model: shown in the statistics. May stay empty.',
    ignoreFocusOut: true,
  });
  if (text === undefined) throw cancelledByUser();
  return text.trim() === '' ? {} : { supervision: text.trim() };
}
