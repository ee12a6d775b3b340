import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FrameLocator } from 'playwright-core';
import { z } from 'zod';
import { studyPaths } from '../../src/study/study.ts';
import { QuestionPanel } from '../e2e/support/questionPanel.ts';
import { until } from '../e2e/support/until.ts';
import { Workbench } from '../e2e/support/workbench.ts';
import { writeBigStudy } from '../support/bigStudy.ts';
import { startBenchEditor, type BenchEditor } from './benchEditor.ts';
import { compare, figureOf, progress, report, type Figure } from './comparison.ts';

/**
 * How long a reviewer waits for a decision to be on the disk, for the next question to be on screen, and for a heatmap in
 * another order.
 */
const TURNS = 12;
/** Questions whose texts the editor keeps: going back over them reads nothing. */
const KEPT = 8;
const STUDIES = {
  '32 samples': { questions: 4 * TURNS, n: 32, sentences: 14 },
  '32 samples, contexts of 31K tokens': {
    questions: 4 * TURNS,
    n: 32,
    sentences: 14,
    contextSentences: 1380,
  },
};
const HEATMAPS = {
  '128 samples': { questions: 2, n: 128, sentences: 14 },
  '512 samples': { questions: 2, n: 512, sentences: 14 },
};
const ORDERS = 10;
/** A reviewer looks at a question for longer. */
const LOOK_MS = 700;
const REVIEWER = 'bench';

interface Waited {
  /** From the key to the decision on the disk. */
  decided: number[];
  /** From the key to the frame after the one with the next question. */
  shown: number[];
  /** The same, until the text of its context is there as well. */
  withContext: number[];
  /** From the key to the frame after the one with a question that is neither in the page nor in memory. */
  read: number[];
  /** From a key to the frame after the one in which the page answers, without the editor. */
  echoed: number[];
}

async function waited(editor: BenchEditor, dir: string): Promise<Waited> {
  const page = await editor.open(dir);
  const workbench = new Workbench(page, { url: '' });
  const all: Waited = { decided: [], shown: [], withContext: [], read: [], echoed: [] };
  try {
    await workbench.showStudies();
    await workbench.row('q-0000').click();
    const panel = await QuestionPanel.shown(workbench);
    const frame = await workbench.webview('.panel header h1');
    const file = studyPaths(dir).decisionFile(REVIEWER);
    for (let turn = 0; turn < TURNS; turn++) {
      await delay(LOOK_MS);
      const size = await sizeOf(file);
      const decided = await watch(frame, 'true');
      await panel.press('a');
      const { pressedAt, ms: echo } = await decided();
      const written = await until('the decision on the disk', async () => {
        const now = await stat(file).catch(() => undefined);
        return now !== undefined && now.size > size ? now.mtimeMs : undefined;
      });
      all.decided.push(written - pressedAt);
      all.echoed.push(echo);
      await delay(LOOK_MS);
      const shown = await watch(frame, 'id.textContent !== before.id');
      await panel.press('n');
      all.shown.push((await shown()).ms);
    }
    for (let turn = 0; turn < TURNS; turn++) {
      await delay(2 * LOOK_MS);
      const shown = await watch(
        frame,
        'id.textContent !== before.id && passage() && passage() !== before.passage',
      );
      await panel.press('n');
      all.withContext.push((await shown()).ms);
    }
    for (let turn = 0; turn < KEPT + TURNS; turn++) {
      await delay(LOOK_MS);
      const shown = await watch(frame, 'id.textContent !== before.id');
      await panel.press('p');
      const { ms } = await shown();
      if (turn >= KEPT) all.read.push(ms);
    }
  } finally {
    await editor.close(page);
  }
  return all;
}

interface Drawn {
  /** From the key to the frame after the one with the heatmap in another order. */
  shown: number[];
  /** The drawing itself. */
  drawn: number[];
  /** From a key that moves the focus, which the page answers by itself. */
  moved: number[];
}

async function drawn(editor: BenchEditor, dir: string): Promise<Drawn> {
  const page = await editor.open(dir);
  const workbench = new Workbench(page, { url: '' });
  const all: Drawn = { shown: [], drawn: [], moved: [] };
  try {
    await workbench.showStudies();
    await workbench.row('q-0000').click();
    const panel = await QuestionPanel.shown(workbench);
    const frame = await workbench.webview('.panel header h1');
    await panel.heatmap.waitFor();
    for (let turn = 0; turn < ORDERS; turn++) {
      await delay(LOOK_MS);
      const shown = await watch(frame, 'draws().length > before.draws');
      await panel.press('o');
      all.shown.push((await shown()).ms);
      const moved = await watch(frame, 'true');
      await panel.press('ArrowDown');
      all.moved.push((await moved()).ms);
    }
    all.drawn = z
      .array(z.number())
      .parse(
        await frame
          .locator('body')
          .evaluate("performance.getEntriesByName('heatmap').map(({ duration }) => duration)"),
      );
  } finally {
    await editor.close(page);
  }
  return all;
}

const watchedSchema = z.object({ pressedAt: z.number(), ms: z.number() });

/**
 * In the panel: when the next key was pressed (ms of the day), and ms until the frame after the one in which something
 * holds.
 */
async function watch(frame: FrameLocator, holds: string) {
  const body = frame.locator('body');
  await body.evaluate(`
window.watched = (async () => {
  const id = document.querySelector('.question-id');
  const passage = () => document.querySelector('.passages > section');
  const draws = () => performance.getEntriesByName('heatmap');
  const before = { id: id.textContent, passage: passage(), draws: draws().length };
  const press = await new Promise((resolve) =>
    addEventListener('keydown', (event) => resolve(event.timeStamp), { capture: true, once: true }));
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  while (!(${holds})) {
    if (performance.now() - press > 20_000) throw new Error('Nothing came of the key.');
    await frame();
  }
  await frame();
  return { pressedAt: performance.timeOrigin + press, ms: performance.now() - press };
})();
undefined`);
  return async () => watchedSchema.parse(await body.evaluate('window.watched'));
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

const editor = await startBenchEditor({ 'sealong.reviewer': REVIEWER });
try {
  const comparisons = [];
  for (const [number, [name, options]] of Object.entries(STUDIES).entries()) {
    progress(`writing ${name}`);
    const { dir } = await writeBigStudy(join(editor.folder, `study-${number}`), options);
    const { decided, shown, withContext, read, echoed } = await waited(editor, dir);
    progress(`${name}: ${JSON.stringify({ decided, shown, withContext, read })}`);
    const echo: Figure = figureOf('from a key to the next frame of the page', 'ms', echoed);
    comparisons.push(
      compare(
        `a decision, ${name}`,
        figureOf('from the key to the decision on the disk', 'ms', decided),
        echo,
        'under 50 ms',
      ),
      compare(
        `the next question, ${name}`,
        figureOf('from the key to the frame that shows it', 'ms', shown),
        echo,
        'under 50 ms',
      ),
      compare(
        `the next question with its context in view, ${name}`,
        figureOf('from the key to the frame that shows both', 'ms', withContext),
        echo,
        'under 150 ms',
      ),
      compare(
        `a question that was not sent in advance, ${name}`,
        figureOf('from the key to the frame that shows it', 'ms', read),
        echo,
        'under 150 ms',
      ),
    );
  }
  for (const [number, [name, options]] of Object.entries(HEATMAPS).entries()) {
    progress(`writing ${name}`);
    const { dir } = await writeBigStudy(join(editor.folder, `heatmap-${number}`), options);
    const heatmap = await drawn(editor, dir);
    progress(`${name}: ${JSON.stringify(heatmap)}`);
    const moved = figureOf(
      'from a key that moves the focus to the next frame',
      'ms',
      heatmap.moved,
    );
    comparisons.push(
      compare(
        `the heatmap in another order, ${name}`,
        figureOf('from the key to the frame that shows it', 'ms', heatmap.shown),
        moved,
      ),
      compare(
        `drawing the heatmap, ${name}`,
        figureOf('the script alone, in the panel of the editor', 'ms', heatmap.drawn),
        moved,
        'under 16 ms',
      ),
    );
  }
  report(comparisons, [
    'Keys are pressed in the panel of the real editor; a decision is on the disk when its line is in the file, by the time of the file.',
  ]);
} finally {
  await editor.stop();
}
