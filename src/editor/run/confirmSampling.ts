import * as vscode from 'vscode';
import type { EndpointMemory } from '../../endpoint/endpointMemory.ts';
import { isAbove, type SamplingLimits } from '../../sampling/estimate.ts';
import { estimateTerms } from '../../sampling/estimateTerms.ts';
import { estimateText } from '../../sampling/estimateTexts.ts';
import { samplingOf } from '../../sampling/parameters.ts';
import type { Study } from '../../study/study.ts';
import { cancelledByUser } from '../errorReporter.ts';
import type { Endpoint } from '../endpoint/endpoints.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import { estimateStudy } from './estimateStudy.ts';

/**
 * Says in the log what sampling will take, and asks where that is above the user's limits.
 *
 * @param of the study with what is set for this run.
 * @throws an abort where the user declines.
 */
export async function confirmSampling(
  { name, index }: Pick<OpenStudy, 'name' | 'index'>,
  of: Study,
  endpoint: Endpoint,
  ports: {
    memory: EndpointMemory;
    above: SamplingLimits;
    pause: () => Promise<void>;
    log: vscode.LogOutputChannel;
  },
): Promise<void> {
  const { model, max_tokens: maxTokens, n } = of.config.sampling;
  const { hash: sampling } = await samplingOf(of);
  const estimate = await estimateStudy(index, { sampling, n }, { maxTokens, pause: ports.pause });
  const terms = await estimateTerms(endpoint, model, ports.memory);
  const sentence = estimateText(estimate, terms);
  ports.log.info(`Sampling ${name} on ${endpoint.name}: ${sentence}`);
  if (!isAbove(estimate, terms, ports.above)) return;
  const host = new URL(endpoint.baseUrl).host;
  const sample = 'Sample';
  const picked = await vscode.window.showWarningMessage(
    `Sample ${name} on ${endpoint.name}?`,
    {
      modal: true,
      detail: `${sentence}.\n\n${model} on ${host}. What comes is kept as it comes; a run that is cancelled goes on later where it stopped.`,
    },
    sample,
  );
  if (picked !== sample) throw cancelledByUser();
}
