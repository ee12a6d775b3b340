import * as vscode from 'vscode';
import { registerCommands, type CommandHandlers } from './editor/commands/registerCommands.ts';
import { ClusterRoom } from './editor/cluster/clusterRoom.ts';
import { ContextKeys } from './editor/contextKeys.ts';
import { ErrorReporter } from './editor/errorReporter.ts';
import { ReviewRoom } from './editor/reviewRoom.ts';
import { RunRoom } from './editor/runRoom.ts';
import { updateSetting } from './editor/settings.ts';
import type { ScanClient } from './editor/store/scanClient.ts';
import { StudyStore } from './editor/store/studyStore.ts';

/** VS Code gives an extension five seconds to end. */
const DEACTIVATE_MS = 4500;

let running: RunRoom | undefined;
let clusters: ClusterRoom | undefined;

/** @param scanner reads the studies, and goes with this extension. */
export function activate(context: vscode.ExtensionContext, scanner: ScanClient): void {
  const script = (name: string) => new URL(`./${name}.js`, import.meta.url);
  const log = vscode.window.createOutputChannel('SeaLong', { log: true });
  const errors = new ErrorReporter(log);
  const store = new StudyStore({
    scanner,
    log: (message) => {
      log.warn(message);
    },
  });
  const review = new ReviewRoom({ context, store, errors, log });
  const { targets, tree, view } = review;
  const run = new RunRoom({
    context,
    script,
    store,
    review,
    linked: () => clusters?.endpoints ?? [],
    errors,
    log,
  });
  const { embedded, keys, runs, unfinished } = run;
  running = run;

  // All that this view has to say are its welcome texts.
  const start = vscode.window.createTreeView('sealong.start', { treeDataProvider: EMPTY });
  const contextKeys = new ContextKeys(
    store,
    () => targets.current(),
    (study) => {
      start.description = study && store.studies().length > 1 ? study.name : '';
    },
    async (study) => (await unfinished.of(study)) !== undefined,
  );
  const showRunning = () => {
    contextKeys.set('running', runs.active.length > 0);
    contextKeys.set('embeddedRunning', embedded.running !== undefined);
    contextKeys.updateSoon();
  };

  const cluster = new ClusterRoom({
    extensionUri: context.extensionUri,
    script,
    store,
    runs,
    errors,
    log,
    memory: context.workspaceState,
    key: (baseUrl, key) => (key === undefined ? keys.remove(baseUrl) : keys.set(baseUrl, key)),
    useEndpoint: (name) => updateSetting('endpoint', name),
    study: (target) => targets.study(target),
    setContext: (key, value) => {
      contextKeys.set(key, value);
    },
  });
  clusters = cluster;

  const handlers: CommandHandlers = {
    ...review.handlers,
    ...run.handlers,
    ...cluster.handlers,
    showLog: () => {
      log.show();
    },
  };
  context.subscriptions.push(
    log,
    store,
    review,
    start,
    run,
    cluster,
    contextKeys,
    registerCommands(handlers, errors, log),
    runs.onDidChange(showRunning),
    embedded.onDidChange(showRunning),
    view.onDidChangeSelection(() => {
      contextKeys.updateSoon();
    }),
    tree.onDidGiveRows(() => {
      contextKeys.updateSoon();
    }),
  );
  void embedded.find().then(showRunning);
}

/** Lets runs end by themselves, with what they did kept. */
export async function deactivate(): Promise<void> {
  await Promise.race([
    Promise.all([running?.runs.cancelAll(), clusters?.close()]),
    new Promise((resolve) => setTimeout(resolve, DEACTIVATE_MS)),
  ]);
}

const EMPTY: vscode.TreeDataProvider<never> = {
  getChildren: () => [],
  getTreeItem: () => new vscode.TreeItem(''),
};
