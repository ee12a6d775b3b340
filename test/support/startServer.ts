import { startInferenceServer, type InferenceServer } from '../../src/inference/server.ts';
import { ScriptedModel, type ScriptedModelOptions } from './scriptedModel.ts';

export interface ScriptedServer extends InferenceServer {
  readonly model: ScriptedModel;
}

/** The real server over a scripted model, on a free port of 127.0.0.1. Close it after the test. */
export async function startScriptedServer(
  options: ScriptedModelOptions = {},
): Promise<ScriptedServer> {
  const model = new ScriptedModel(options);
  const server = await startInferenceServer({ model, port: 0 });
  return { url: server.url, close: server.close, model };
}
