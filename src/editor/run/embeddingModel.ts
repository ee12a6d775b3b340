import { access } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { HubDownload } from '../../protocol/embedding.ts';
import { describeDownload } from '../../scoring/embedding/localEmbedder.ts';
import { localModel } from '../../scoring/embedding/localModel.ts';
import type { ScorerName } from '../../study/config.ts';
import type { Setting } from '../../study/loadConfig.ts';
import type { Study } from '../../study/study.ts';
import { cancelledByUser } from '../errorReporter.ts';

export interface EmbeddingModelPorts {
  embeddedFolder?: string;
  modelCache: string;
  workerUrl: URL;
  /** Remembers, on this machine alone, the folder a user has a hub's model in. */
  memory: vscode.Memento;
}

/** What a scoring run may do to get its embedding model. */
export interface EmbeddingModelChoice {
  allowDownload: boolean;
  settings: Setting[];
}

/** The scorers that use the embedding model. */
const EMBEDS = new Set<ScorerName>(['mbr_embedding', 'mbr_bertscore']);

const AS_IT_IS: EmbeddingModelChoice = { allowDownload: false, settings: [] };

/**
 * Sees to it that scoring finds its embedding model: one on a hub that is not on this machine is fetched only after the
 * user was told which, how large and from where; or is taken from a folder that the user names.
 */
export async function chooseEmbeddingModel(
  study: Study,
  ports: EmbeddingModelPorts,
): Promise<EmbeddingModelChoice> {
  const { scorer, embedding } = study.config.scoring;
  if (!EMBEDS.has(scorer) || embedding.backend !== 'local') return AS_IT_IS;
  const model = await localModel(study, { ...ports, allowDownload: false });
  if ('folder' in model) return AS_IT_IS;
  const remembered = ports.memory.get<string>(memoryKey(embedding.model));
  if (remembered !== undefined && (await isThere(remembered))) return inFolder(remembered);

  const download = await vscode.window.withProgress(
    { location: { viewId: 'sealong.studies' }, title: `Looking for ${embedding.model}` },
    () =>
      describeDownload(
        { hubId: embedding.model, cacheDir: ports.modelCache },
        ports.workerUrl,
      ).then(
        (found) => ({ found }),
        (error: unknown) => ({ error }),
      ),
  );
  if ('found' in download && download.found === null) return AS_IT_IS;

  const folder = 'Choose a Folder...';
  const fetchIt = 'Download';
  const found = 'found' in download ? download.found : null;
  const picked = await vscode.window.showWarningMessage(
    `Scoring needs the embedding model ${embedding.model}, which is not on this machine.`,
    { modal: true, detail: detailOf(found, download) },
    ...(found ? [fetchIt, folder] : [folder]),
  );
  if (picked === fetchIt) return { allowDownload: true, settings: [] };
  if (picked !== folder) throw cancelledByUser();
  const [chosen] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      title: `Folder with ${embedding.model} in the layout of transformers.js`,
    })) ?? [];
  if (!chosen) throw cancelledByUser();
  await ports.memory.update(memoryKey(embedding.model), chosen.fsPath);
  return inFolder(chosen.fsPath);
}

function detailOf(found: HubDownload | null, result: { error?: unknown } | object): string {
  const layout =
    'A folder has config.json, tokenizer.json, tokenizer_config.json and onnx/model.onnx.';
  if (found)
    return `It has ${sizeText(found.bytes)} and comes from ${found.host} (revision ${found.revision}). It is kept for other studies. ${layout}`;
  const why = 'error' in result && result.error instanceof Error ? result.error.message : '';
  return `${why} ${layout}`.trim();
}

function sizeText(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${Math.round(bytes / 1e6)} MB`;
}

function inFolder(folder: string): EmbeddingModelChoice {
  return {
    allowDownload: false,
    settings: [{ path: ['scoring', 'embedding', 'model'], value: folder }],
  };
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function memoryKey(model: string): string {
  return `sealong.modelFolder ${model}`;
}
