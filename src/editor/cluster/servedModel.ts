import * as vscode from 'vscode';
import { openStudy } from '../../study/study.ts';
import { withSampledModel } from '../../study/withSampledModel.ts';
import { changeConfig } from '../configFile.ts';
import type { LinkedEndpoint } from '../endpoint/endpointChoice.ts';

/** A server answers by the adapter's name for the model with it, and by the model's for that alone: a study says which it samples. */
export async function offerAdapter(dir: string, { model }: LinkedEndpoint): Promise<void> {
  const { sampling } = (await openStudy(dir)).config;
  if (sampling.model === model) return;
  const sample = 'Sample with the Adapter';
  const picked = await vscode.window.showInformationMessage(
    `The study samples ${sampling.model}, which this server gives without the adapter. With it, the model is called ${model}: "${sample}" makes that the study's sampling.model. What was sampled before stays.`,
    sample,
  );
  if (picked === sample)
    await changeConfig({ dir }, (text) => withSampledModel(text, sampling.model, model));
}
