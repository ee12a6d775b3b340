import { SealongError, fileError, messageOf, systemCodeOf } from '../../errors.ts';

/** What the embedding engine throws, as what it means for the model in `folder`. */
export function engineError(error: unknown, folder: string): SealongError {
  if (error instanceof SealongError) return error;
  const said = messageOf(error);
  if (isOutOfMemory(error))
    return new SealongError(
      'out_of_memory',
      `Out of memory while embedding with the model in ${folder}. Use fewer workers, a smaller model, or a server (scoring.embedding.backend).`,
      { cause: error },
    );
  const data = /\S+\.onnx_data\S*/.exec(said)?.[0];
  if (data !== undefined || /external data/i.test(said))
    return new SealongError(
      'missing_file',
      `The weights of the model in ${folder} are not complete: onnx/model.onnx_data is missing or damaged (${shortened(said)}). Fetch the folder again, with this file.`,
      { cause: error },
    );
  if (/protobuf|onnx|graph|opset|\bnode\b|tokenizer|JSON/i.test(said))
    return new SealongError(
      'bad_model',
      `The model in ${folder} cannot be used: ${shortened(said)}. Fetch or export it again in the layout of transformers.js.`,
      { cause: error },
    );
  const known = fileError('read the model', folder, error);
  if (known instanceof SealongError) return known;
  return new SealongError(
    'embedding_failed',
    `Embedding with the model in ${folder} failed: ${shortened(said)}`,
    { cause: error },
  );
}

/** What ended a worker from outside its code: it could not start, or died. */
export function threadError(error: unknown): SealongError {
  if (error instanceof SealongError) return error;
  const said = shortened(messageOf(error));
  if (isOutOfMemory(error))
    return new SealongError(
      'out_of_memory',
      'An embedding worker ran out of memory. Use fewer workers, a smaller model, or a server (scoring.embedding.backend).',
      { cause: error },
    );
  const code = systemCodeOf(error);
  if (code === 'ERR_DLOPEN_FAILED' || said.includes('onnxruntime'))
    return new SealongError(
      'embedding_unavailable',
      `The embedding engine (onnxruntime) does not run on this machine (${process.platform} ${process.arch}): ${said}. Use a server instead: "backend": "server" in scoring.embedding of sealong.json.`,
      { cause: error },
    );
  return new SealongError(
    'embedding_worker_failed',
    `An embedding worker ended unexpectedly: ${said}. Run this again; what was scored before is kept.`,
    { cause: error },
  );
}

function isOutOfMemory(error: unknown): boolean {
  return (
    systemCodeOf(error) === 'ERR_WORKER_OUT_OF_MEMORY' ||
    /bad alloc|out of memory|failed to allocate|allocation failed|invalid array length/i.test(
      messageOf(error),
    )
  );
}

function shortened(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 300);
}
