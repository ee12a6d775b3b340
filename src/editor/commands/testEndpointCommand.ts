import * as vscode from 'vscode';
import type { EndpointMemory } from '../../endpoint/endpointMemory.ts';
import { PROBE_COST } from '../../endpoint/probe.ts';
import { probeText } from '../../endpoint/probeResult.ts';
import type { ApiKeys } from '../endpoint/apiKeys.ts';
import type { EndpointChoice } from '../endpoint/endpointChoice.ts';
import { testEndpoint } from '../endpoint/testEndpoint.ts';
import { cancelledByUser } from '../errorReporter.ts';
import { requireTrust } from '../trust.ts';
import { setApiKey } from './apiKeyCommand.ts';

export interface TestEndpointPorts {
  endpoints: EndpointChoice;
  keys: ApiKeys;
  memory: EndpointMemory;
  log: vscode.LogOutputChannel;
  /** The model of the study that the user is at. */
  model: () => string | undefined;
}

/** Asks for an endpoint and tests it, again and with other models as long as the user wants. */
export async function testEndpoints(ports: TestEndpointPorts): Promise<void> {
  requireTrust('Testing a server');
  const { endpoints, keys } = ports;
  const endpoint = await endpoints.pick('Server to test', {
    canStart: true,
    placeHolder: `A test takes ${PROBE_COST}`,
  });
  let model = endpoint.model ?? (endpoints.isEmbedded(endpoint) ? undefined : ports.model());
  for (;;) {
    const apiKey = await keys.keyFor(endpoint);
    const tested = await testEndpoint(endpoint, model, { ...ports, apiKey });
    switch (tested?.action) {
      case undefined:
        return;
      case 'select':
        await endpoints.use(endpoint);
        void vscode.window.showInformationMessage(`${endpoint.name} is the server in use.`);
        return;
      case 'copy':
        await vscode.env.clipboard.writeText(probeText(tested.result));
        void vscode.window.setStatusBarMessage('The test is on the clipboard.', 4000);
        return;
      case 'setKey':
        await setApiKey(endpoints, keys, endpoint);
        break;
      case 'otherModel':
        model = await pickModel(tested.result.models);
        break;
      case 'again':
    }
  }
}

async function pickModel(models: readonly string[]): Promise<string> {
  const picked = await vscode.window.showQuickPick(models, { title: 'Model to test' });
  if (picked === undefined) throw cancelledByUser();
  return picked;
}
