import * as vscode from 'vscode';
import { systemClock } from '../../clock.ts';
import { askServer } from '../../endpoint/askServer.ts';
import type { EndpointMemory } from '../../endpoint/endpointMemory.ts';
import { PROBE_COST, probeEndpoint } from '../../endpoint/probe.ts';
import { isUsable, spentText, type ProbeResult } from '../../endpoint/probeResult.ts';
import { messageOf } from '../../errors.ts';
import { checkItem, type CheckItem } from './checkItems.ts';
import type { Endpoint } from './endpoints.ts';

/** What can be done after a test. */
export type AfterTest = 'select' | 'setKey' | 'again' | 'otherModel' | 'copy';

interface Item extends CheckItem {
  kind?: vscode.QuickPickItemKind;
  action?: AfterTest;
}

export interface TestPorts {
  memory: EndpointMemory;
  apiKey: string | undefined;
  log: vscode.LogOutputChannel;
}

export interface Tested {
  result: ProbeResult;
  /** What the user picked; undefined where the list was closed. */
  action: AfterTest | undefined;
}

/**
 * Tests an endpoint in a list that fills as things are found out; closing it ends the test.
 *
 * @returns undefined where it was closed before the end.
 */
export async function testEndpoint(
  endpoint: Endpoint,
  model: string | undefined,
  { memory, apiKey, log }: TestPorts,
): Promise<Tested | undefined> {
  const list = vscode.window.createQuickPick<Item>();
  const cancel = new AbortController();
  const closed = new Promise<AfterTest | undefined>((resolve) => {
    list.onDidAccept(() => {
      const action = list.selectedItems[0]?.action;
      if (action === undefined) return;
      resolve(action);
      list.hide();
    });
    list.onDidHide(() => {
      cancel.abort(new DOMException('The test was closed.', 'AbortError'));
      resolve(undefined);
    });
  });
  list.title = `Testing ${endpoint.name}`;
  list.placeholder = `${endpoint.baseUrl}: ${PROBE_COST}`;
  list.busy = true;
  list.ignoreFocusOut = true;
  list.matchOnDescription = true;
  list.show();
  try {
    const checks = probeEndpoint(
      endpoint,
      { ask: askServer(apiKey, cancel.signal), clock: systemClock, apiKey },
      { model, signal: cancel.signal },
    );
    const items: Item[] = [];
    let step = await checks.next();
    for (; !step.done; step = await checks.next()) {
      items.push(checkItem(step.value));
      list.items = [...items];
    }
    const result = step.value;
    await memory.keepProbe(result);
    log.info(`Tested ${endpoint.name} (${endpoint.baseUrl}): ${spentText(result.spent)}`);
    list.busy = false;
    list.title = `${endpoint.name}: ${isUsable(result) ? 'can be sampled' : 'cannot be sampled'}`;
    list.placeholder = `Tested with ${spentText(result.spent)}`;
    list.items = [...items, ...actionsOf(result)];
    return { result, action: await closed };
  } catch (error) {
    if (cancel.signal.aborted) {
      log.info(`The test of ${endpoint.name} was closed: ${messageOf(error)}`);
      return undefined;
    }
    throw error;
  } finally {
    list.dispose();
  }
}

function actionsOf(result: ProbeResult): Item[] {
  const refused = result.checks.some(
    ({ outcome, words }) => outcome === 'problem' && words.includes('key'),
  );
  const modelOpen = result.checks.some(
    ({ name, outcome }) => name === 'model' && outcome !== 'yes',
  );
  return [
    { label: 'What next', description: '', kind: vscode.QuickPickItemKind.Separator },
    ...(isUsable(result)
      ? [{ label: '$(check) Use this server', description: '', action: 'select' } as const]
      : []),
    ...(refused
      ? [{ label: '$(key) Set its API key...', description: '', action: 'setKey' } as const]
      : []),
    ...(modelOpen && result.models.length > 0
      ? [
          {
            label: '$(symbol-misc) Test another model...',
            description: `${result.models.length} there`,
            action: 'otherModel',
          } as const,
        ]
      : []),
    { label: '$(refresh) Test again', description: '', action: 'again' },
    { label: '$(copy) Copy as text', description: '', action: 'copy' },
  ];
}
