import { isAbsolute, join, resolve } from 'node:path';
import { SealongError } from '../../errors.ts';
import type { StageEnvironment } from '../../stageRequest.ts';
import { exists, type Study } from '../../study/study.ts';
import type { FolderModel, HubModel } from './localEmbedder.ts';

/** `embedded`, a folder (absolute, or in the study), or else a hub id. */
export async function localModel(
  study: Study,
  environment: Pick<StageEnvironment, 'embeddedFolder' | 'modelCache' | 'allowDownload'>,
): Promise<FolderModel | HubModel> {
  const { model } = study.config.scoring.embedding;
  if (model === 'embedded') {
    if (environment.embeddedFolder !== undefined)
      return { folder: join(environment.embeddedFolder, 'embedding') };
    throw new SealongError(
      'no_embedded_model',
      'scoring.embedding.model is "embedded", but the embedded models are not set up here. "npm start" in a checkout of SeaLong sets them up; otherwise name a hub id or a folder.',
    );
  }
  const folder = resolve(study.dir, model);
  if (isAbsolute(model) || model.startsWith('.') || (await exists(folder))) return { folder };
  const { modelCache: cacheDir, allowDownload } = environment;
  return { hubId: model, cacheDir, allowDownload };
}
