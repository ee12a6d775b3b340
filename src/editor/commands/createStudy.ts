import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Setting } from '../../study/loadConfig.ts';
import { exists, initStudy, studyPaths } from '../../study/study.ts';
import type { ApiKeys } from '../endpoint/apiKeys.ts';
import type { EndpointChoice } from '../endpoint/endpointChoice.ts';
import type { Endpoint } from '../endpoint/endpoints.ts';
import { serverModels } from '../endpoint/serverModels.ts';
import { cancelledByUser } from '../errorReporter.ts';
import { requireTrust } from '../trust.ts';
import { pickSourceFile } from './questionsFile.ts';

export interface CreatedStudy {
  dir: string;
  /** To be imported next. */
  questions: string | undefined;
  endpoint: Endpoint;
}

/**
 * What the embedded model can do: its context is 8,192 tokens, it answers best step by step, and it is slow enough that
 * the paper's numbers would take hours.
 */
const EMBEDDED_SETTINGS: readonly Setting[] = [
  setting('questions.tokenizer', 'embedded'),
  setting('questions.min_context_tokens', 256),
  setting('questions.max_context_tokens', 7168),
  setting('sampling.strategy', 'step_by_step'),
  setting('sampling.max_tokens', 96),
  setting('scoring.embedding.model', 'embedded'),
];
const EMBEDDED_N = 8;
const PAPER_N = 32;

/** Asks where, from which questions, and with which server, model and N; writes sealong.json. */
export async function createStudy(endpoints: EndpointChoice, keys: ApiKeys): Promise<CreatedStudy> {
  requireTrust('Creating a study');
  const dir = await askFolder();
  const questions = await pickSourceFile('Questions to begin with', { optional: true });
  const endpoint = await endpoints.pick('Server to sample from', { canStart: true });
  const embedded = endpoints.isEmbedded(endpoint);
  const model = await askModel(endpoint, await keys.keyFor(endpoint));
  const n = await askN(embedded ? EMBEDDED_N : PAPER_N);
  const study = await initStudy(dir, [
    setting('sampling.model', model),
    setting('sampling.n', n),
    ...(embedded ? EMBEDDED_SETTINGS : []),
  ]);
  return { dir: study.dir, questions, endpoint };
}

async function askFolder(): Promise<string> {
  const parent = await askParent();
  const name = await vscode.window.showInputBox({
    title: 'Create a study',
    prompt: `A folder in ${parent.fsPath} for the study's questions, trajectories and decisions.`,
    value: 'study',
    ignoreFocusOut: true,
    validateInput: async (value) => {
      if (!/^[^\\/:*?"<>|]+(\/[^\\/:*?"<>|]+)*$/.test(value) || /(^|\/)\.{1,2}(\/|$)/.test(value))
        return 'Write the name of a folder.';
      return (await exists(studyPaths(join(parent.fsPath, value)).config))
        ? 'This folder is a study already.'
        : undefined;
    },
  });
  if (name === undefined) throw cancelledByUser();
  return join(parent.fsPath, name);
}

async function askParent(): Promise<vscode.Uri> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length > 1) {
    const picked = await vscode.window.showWorkspaceFolderPick({
      placeHolder: 'Where does the study go?',
    });
    if (!picked) throw cancelledByUser();
    return picked.uri;
  }
  if (folders[0]) return folders[0].uri;
  const [picked] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      title: 'Folder in which the study goes',
    })) ?? [];
  if (!picked) throw cancelledByUser();
  return picked;
}

async function askModel(endpoint: Endpoint, apiKey: string | undefined): Promise<string> {
  const offered = await serverModels(endpoint.baseUrl, apiKey);
  const title = `Model of ${endpoint.name} to sample`;
  if (offered && offered.length > 0) {
    const other = '$(edit) Another...';
    const picked = await vscode.window.showQuickPick([...offered, other], {
      title,
      ignoreFocusOut: true,
    });
    if (picked === undefined) throw cancelledByUser();
    if (picked !== other) return picked;
  }
  const name = await vscode.window.showInputBox({
    title,
    prompt: 'The name the server knows it by.',
    value: 'meta-llama/Llama-3.1-8B-Instruct',
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() === '' ? 'Write a name.' : undefined),
  });
  if (name === undefined) throw cancelledByUser();
  return name.trim();
}

async function askN(value: number): Promise<number> {
  const text = await vscode.window.showInputBox({
    title: 'Trajectories a question (N)',
    prompt: 'The paper takes 32. More can be sampled later.',
    value: String(value),
    ignoreFocusOut: true,
    validateInput: (written) =>
      /^\d+$/.test(written.trim()) && Number(written) >= 2 && Number(written) <= 1024
        ? undefined
        : 'Write a whole number from 2 to 1024.',
  });
  if (text === undefined) throw cancelledByUser();
  return Number(text);
}

function setting(path: string, value: unknown): Setting {
  return { path: path.split('.'), value };
}
