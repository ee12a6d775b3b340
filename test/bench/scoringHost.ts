import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { editConfig } from '../e2e/support/studyFiles.ts';
import { RUN_MS, until } from '../e2e/support/until.ts';
import { Workbench } from '../e2e/support/workbench.ts';
import { writeBigStudy, type BigStudyOptions } from '../support/bigStudy.ts';
import {
  firstProbeLine,
  longestBlock,
  probeLines,
  startBenchEditor,
  type BenchEditor,
} from './benchEditor.ts';
import { compare, figureOf, progress, report, type Comparison } from './comparison.ts';

/** How long the editor's host is blocked while a study is scored in it, which goes on in threads beside. */
const SCORERS: Readonly<Record<string, BigStudyOptions>> = {
  mbr_rouge: { questions: 2048, n: 32, sentences: 14 },
};
const CALM_MS = 4000;
const AT_REST_LINES = 60;

interface Scored {
  seconds: number;
  block: { wall: number; cpu: number };
  resting: { wall: number; cpu: number };
}

async function scored(editor: BenchEditor, scorer: string, options: BigStudyOptions) {
  const { dir } = await writeBigStudy(join(editor.folder, scorer), options);
  await rm(join(dir, 'scores'), { recursive: true });
  await editConfig(dir, 'scoring', { scorer });
  const out = join(editor.folder, `${scorer}.jsonl`);
  await writeFile(join(dir, 'probe.json'), JSON.stringify({ task: 'loop', out }));
  const page = await editor.open(dir);
  const workbench = new Workbench(page, { url: '' });
  try {
    await workbench.showStudies();
    await firstProbeLine(out);
    await delay(CALM_MS);
    const before = (await probeLines(out)).slice(-AT_REST_LINES);
    const start = Date.now();
    await workbench.command('Score');
    await workbench.said(/Scored/, RUN_MS);
    const end = Date.now();
    const lines = await until('the last line of the probe', async () => {
      const all = await probeLines(out);
      return all.some(({ at }) => at > end) && all;
    });
    const during = lines.filter(({ at }) => at >= start && at <= end);
    const result: Scored = {
      seconds: (end - start) / 1000,
      block: longestBlock(during),
      resting: longestBlock(before),
    };
    progress(`${scorer}: ${JSON.stringify(result)}`);
    return result;
  } finally {
    await editor.close(page);
  }
}

const editor = await startBenchEditor();
try {
  const comparisons: Comparison[] = [];
  for (const [scorer, options] of Object.entries(SCORERS)) {
    const { block, resting } = await scored(editor, scorer, options);
    const name = `longest block of the extension host while ${scorer} scores ${options.questions ?? 0} questions x ${options.n ?? 0}`;
    for (const clock of ['wall', 'cpu'] as const) {
      const unit = clock === 'cpu' ? 'CPU ms' : 'ms';
      comparisons.push(
        compare(
          name,
          figureOf('from the command to the word that it is done', unit, [block[clock]]),
          figureOf('the same host at rest', unit, [resting[clock]]),
          'under 50 ms',
        ),
      );
    }
  }
  report(comparisons, ['Scores come into the view while they are made.']);
} finally {
  await editor.stop();
}
