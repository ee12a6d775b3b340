import * as vscode from 'vscode';
import { messageOf } from '../../errors.ts';
import type { StudyConfig } from '../../study/config.ts';
import { parseSetting, type Setting } from '../../study/loadConfig.ts';
import { openStudy } from '../../study/study.ts';
import { checkRecipe } from '../../training/checkRecipe.ts';
import { recipeOf } from '../../training/recipeOf.ts';
import { trainingExports } from '../../training/trainingExports.ts';
import { cancelledByUser } from '../errorReporter.ts';
import type { OpenStudy } from '../store/openStudy.ts';

/** What a job is to be trained on, besides study and cluster. */
export interface TrainingChoice {
  /** Undefined: the pairs as they are now. */
  exported: string | undefined;
  /** Values of `training` in place of those of sealong.json. */
  settings: Setting[];
}

/** Asks for the recipe, then for the pairs. @throws an abort where the user closes a question. */
export async function pickTraining(study: OpenStudy): Promise<TrainingChoice> {
  const settings = await pickRecipe(study);
  const { config } = await openStudy(study.dir, settings);
  return { exported: await pickExport(study, config.training.method), settings };
}

async function pickRecipe(study: OpenStudy): Promise<Setting[]> {
  const { config } = await openStudy(study.dir);
  const asIs = { label: '$(book) As in sealong.json', detail: recipeText(config), set: [] };
  const other = config.training.method === 'orpo' ? 'sft' : 'orpo';
  const items = [
    asIs,
    {
      label: `$(arrow-swap) The same with ${other}`,
      detail: other === 'sft' ? 'On the chosen ones alone' : 'On chosen against rejected',
      set: [{ path: ['training', 'method'], value: other }],
    },
    { label: '$(edit) Other values for this job...', set: undefined },
  ];
  const picked = await vscode.window.showQuickPick<
    vscode.QuickPickItem & { set?: Setting[] | undefined }
  >(items, {
    title: `Recipe to train ${study.name} with`,
    placeHolder: 'sealong.json is left as it is',
    ignoreFocusOut: true,
  });
  if (!picked) throw cancelledByUser();
  return picked.set ?? askValues(study);
}

async function askValues(study: OpenStudy): Promise<Setting[]> {
  const text = await vscode.window.showInputBox({
    title: 'Values for this job',
    prompt:
      'Parameters of "training" as NAME=VALUE, separated by blanks: learning_rate=1e-5 epochs=2 lora.r=64',
    ignoreFocusOut: true,
    validateInput: async (value) => {
      try {
        const opened = await openStudy(study.dir, settingsOf(value));
        checkRecipe(recipeOf(opened, { pairs: 'pairs.jsonl', manifest: 'manifest.json' }));
        return undefined;
      } catch (error) {
        return messageOf(error);
      }
    },
  });
  if (text === undefined) throw cancelledByUser();
  return settingsOf(text);
}

/** @throws SealongError `usage` for what is no NAME=VALUE. */
function settingsOf(text: string): Setting[] {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => parseSetting(word.startsWith('training.') ? word : `training.${word}`));
}

async function pickExport(
  study: OpenStudy,
  method: StudyConfig['training']['method'],
): Promise<string | undefined> {
  const exports = await trainingExports(study.dir, method);
  const picked = await vscode.window.showQuickPick<vscode.QuickPickItem & { name?: string }>(
    [
      {
        label: '$(git-compare) The pairs as they are now',
        detail: 'Exported as exports/training, by the present policy and decisions',
      },
      ...exports.map(({ name, pairs, createdAt }) => ({
        label: `$(package) ${name}`,
        description: `${pairs.toLocaleString('en')} ${pairs === 1 ? 'pair' : 'pairs'}`,
        detail: `Exported ${new Date(createdAt).toLocaleString()}`,
        name,
      })),
    ],
    {
      title: `Pairs of ${study.name} to train on`,
      placeHolder: 'Pairs',
      matchOnDescription: true,
      ignoreFocusOut: true,
    },
  );
  if (!picked) throw cancelledByUser();
  return picked.name;
}

/** "orpo, beta 0.1, LoRA r 128, learning rate 5e-5, 1 epoch, batch 8" */
function recipeText({ training, sampling }: StudyConfig): string {
  const { method, beta, lora, learning_rate: rate, epochs, batch_size: batch } = training;
  return [
    method,
    ...(method === 'orpo' ? [`beta ${beta}`] : []),
    `LoRA r ${lora.r}`,
    `learning rate ${rate}`,
    `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`,
    `batch ${batch}`,
    training.model ?? sampling.model,
  ].join(', ');
}
