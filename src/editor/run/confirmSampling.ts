import * as vscode from 'vscode';
import type { EndpointMemory } from '../../endpoint/endpointMemory.ts';
import { isAbove, type EstimateTerms, type SamplingLimits } from '../../sampling/estimate.ts';
import { estimateText } from '../../sampling/estimateTexts.ts';
import type { StudyConfig } from '../../study/config.ts';
import { cancelledByUser } from '../errorReporter.ts';
import type { Endpoint } from '../endpoint/endpoints.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import { estimateStudy } from './estimateStudy.ts';

/**
 * Says in the log what sampling will take, and asks where that is above the user's limits.
 *
 * @throws an abort where the user declines.
 */
export async function confirmSampling(
  study: OpenStudy,
  endpoint: Endpoint,
  of: {
    sampling: StudyConfig['sampling'];
    memory: EndpointMemory;
    above: SamplingLimits;
    pause: () => Promise<void>;
    log: vscode.LogOutputChannel;
  },
): Promise<void> {
  const { model, max_tokens: maxTokens } = of.sampling;
  const estimate = await estimateStudy(study, { maxTokens, pause: of.pause });
  const capabilities = await of.memory.capabilities(endpoint.baseUrl, model);
  const terms: EstimateTerms = {
    prefixCache: capabilities.prefixCache,
    prices: endpoint.prices,
    rate: await of.memory.rate(endpoint.baseUrl, model),
  };
  const sentence = estimateText(estimate, terms);
  of.log.info(`Sampling ${study.name} on ${endpoint.name}: ${sentence}`);
  if (!isAbove(estimate, terms, of.above)) return;
  const host = new URL(endpoint.baseUrl).host;
  const sample = 'Sample';
  const picked = await vscode.window.showWarningMessage(
    `Sample ${study.name} on ${endpoint.name}?`,
    {
      modal: true,
      detail: `${sentence}.\n\n${model} on ${host}. What comes is kept as it comes; a run that is cancelled goes on later where it stopped.`,
    },
    sample,
  );
  if (picked !== sample) throw cancelledByUser();
}
