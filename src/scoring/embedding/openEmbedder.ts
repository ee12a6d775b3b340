import { SealongError } from '../../errors.ts';
import type { Report } from '../../stage.ts';
import type { StageEnvironment } from '../../stageRequest.ts';
import type { Study } from '../../study/study.ts';
import type { Embedder } from './embedder.ts';
import { openLocalEmbedder } from './localEmbedder.ts';
import { localModel } from './localModel.ts';
import { openServerEmbedder } from './serverEmbedder.ts';

/**
 * The embedding model of a study (`scoring.embedding`): on this machine, or that of the endpoint.
 *
 * @throws SealongError `no_endpoint`, `no_embedded_model`, or what the model or server says.
 */
export async function openEmbedder(
  study: Study,
  environment: StageEnvironment,
  signal: AbortSignal,
  report: Report,
): Promise<Embedder> {
  const { model, task, backend } = study.config.scoring.embedding;
  if (backend === 'server') {
    const { endpoint, apiKey } = environment;
    if (endpoint === undefined)
      throw new SealongError(
        'no_endpoint',
        'scoring.embedding.backend is "server", but no server is named. Name one with --endpoint URL, or choose one with "SeaLong: Select Endpoint".',
      );
    return openServerEmbedder({ baseUrl: endpoint.baseUrl, apiKey, model, task });
  }
  let announced = false;
  return openLocalEmbedder({
    model: await localModel(study, environment),
    task,
    workerUrl: new URL(environment.embeddingWorker),
    signal,
    onDownload: ({ host, doneBytes, totalBytes }) => {
      if (!announced)
        report({
          type: 'warning',
          message: `Fetching the embedding model ${model} (${(totalBytes / 1e6).toFixed(0)} MB) from ${host} into ${environment.modelCache}.`,
        });
      announced = true;
      report({ type: 'progress', done: doneBytes, total: totalBytes, unit: 'bytes' });
    },
  });
}
