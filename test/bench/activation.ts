import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../e2e/support/programs.ts';
import { ROOT } from '../e2e/support/requirements.ts';
import { firstProbeLine, startBenchEditor } from './benchEditor.ts';
import { compare, figureOf, given, progress, report, type Comparison } from './comparison.ts';

/** How long the extension keeps the editor's extension host busy at its activation, beside one that does nothing. */
const WINDOWS = 7;
const LOADS = 11;
const OURS = 'sealong.sealong';
const EMPTY = 'sealong-bench.empty';

async function inEditor(): Promise<Comparison> {
  const editor = await startBenchEditor();
  const times: Record<string, number[]> = { [OURS]: [], [EMPTY]: [] };
  try {
    const workspace = join(editor.folder, 'workspace');
    await mkdir(workspace);
    for (let window = 0; window < WINDOWS; window++) {
      const out = join(editor.folder, `window-${window}.jsonl`);
      // In turns, since the first activation may warm what the second one uses.
      const order = window % 2 === 0 ? [OURS, EMPTY] : [EMPTY, OURS];
      await writeFile(
        join(workspace, 'probe.json'),
        JSON.stringify({ task: 'activate', order, out }),
      );
      const page = await editor.open(workspace);
      const { ms = {} } = await firstProbeLine(out);
      for (const id of order) times[id]?.push(ms[id] ?? NaN);
      progress(
        `window ${window + 1} of ${WINDOWS}: ${order.map((id) => `${id} ${(ms[id] ?? NaN).toFixed(1)} ms`).join(', ')}`,
      );
      await editor.close(page);
    }
  } finally {
    await editor.stop();
  }
  return compare(
    'activation in the editor',
    figureOf('this extension, loaded and activated', 'ms', times[OURS] ?? []),
    figureOf('an empty extension in the same host', 'ms', times[EMPTY] ?? []),
  );
}

async function loadInNode(): Promise<Comparison> {
  const node = given('SEALONG_NODE');
  const script = fileURLToPath(new URL('loadOnce.cjs', import.meta.url));
  const empty = fileURLToPath(new URL('extensions/empty/extension.cjs', import.meta.url));
  const load = async (module: string) => Number(await runProgram(node, [script, module]));
  const [ours, beside]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < LOADS; turn++) {
    ours.push(await load(join(ROOT, 'dist/extension.cjs')));
    beside.push(await load(empty));
  }
  return compare(
    'loading the code in plain Node',
    figureOf('dist/extension.cjs', 'ms', ours),
    figureOf('an empty module', 'ms', beside),
  );
}

const comparisons = [await inEditor(), await loadInNode()];
report(comparisons, [
  'Each window has an extension host of its own, so nothing is loaded beforehand; a probe in it times extension.activate().',
]);
