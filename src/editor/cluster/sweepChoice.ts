import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as vscode from 'vscode';
import { messageOf, SealongError } from '../../errors.ts';
import { writeAtomic } from '../../records/writeAtomic.ts';
import { openStudy } from '../../study/study.ts';
import { readyMadeSweeps, type ReadyMadeSweep } from '../../training/sweep/readyMadeSweeps.ts';
import { readSweep, type Sweep } from '../../training/sweep/sweep.ts';
import { trainingExports } from '../../training/trainingExports.ts';
import { cancelledByUser } from '../errorReporter.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import type { StudyStore } from '../store/studyStore.ts';
import { plural } from '../tree/row.ts';

/** Of a study: where its sweeps are kept. */
const FOLDER = 'sweeps';

interface SweepItem extends vscode.QuickPickItem {
  file?: string;
  made?: ReadyMadeSweep;
  problem?: string;
}

/**
 * Asks for a sweep of the study, or makes one of the paper's for it.
 *
 * @returns its file, relative to the study.
 * @throws an abort where none is picked, or one that cannot be read, which is opened; SealongError `disk_full`, `read_only`.
 */
export async function pickSweep(study: OpenStudy, store: StudyStore): Promise<string> {
  const own = await ownSweeps(study);
  const made = await madeFor(study, store);
  const fresh = made.filter(({ file }) => !own.some((one) => one.file === `${FOLDER}/${file}`));
  const picked = await vscode.window.showQuickPick<SweepItem>(
    [
      ...(own.length > 0 ? [separator(`Of ${study.name}`), ...own] : []),
      ...(fresh.length > 0
        ? [separator('Of the paper, made for this study'), ...fresh.map(itemOf)]
        : []),
      separator('Of your own'),
      {
        label: '$(add) A new file...',
        detail: 'An example to change: every combination of its values is a job',
        made: EXAMPLE,
      },
    ],
    {
      title: `Sweep of ${study.name}`,
      placeHolder: 'What is to vary?',
      matchOnDescription: true,
      matchOnDetail: true,
      ignoreFocusOut: true,
    },
  );
  if (!picked) throw cancelledByUser();
  if (picked.problem !== undefined && picked.file !== undefined) {
    await show(study, picked.file);
    throw new SealongError('bad_sweep', picked.problem);
  }
  if (picked.made === undefined) return picked.file ?? '';
  return write(study, picked.made, own);
}

const EXAMPLE: ReadyMadeSweep = {
  file: 'sweep.json',
  title: '',
  content: {
    schema: 1,
    about: 'ORPO against SFT',
    axes: { method: ['orpo', 'sft'] },
  },
};

async function ownSweeps(study: OpenStudy): Promise<SweepItem[]> {
  const entries = await readdir(join(study.dir, FOLDER)).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const opened = await openStudy(study.dir);
  const files = entries.filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    files.map(async (name): Promise<SweepItem> => {
      const file = `${FOLDER}/${name}`;
      try {
        const sweep = await readSweep(opened, file);
        return {
          label: `$(beaker) ${name}`,
          description: sweepText(sweep),
          ...(sweep.about === undefined ? {} : { detail: sweep.about }),
          file,
        };
      } catch (error) {
        const problem = messageOf(error);
        return {
          label: `$(error) ${name}`,
          description: 'not usable',
          detail: problem,
          file,
          problem,
        };
      }
    }),
  );
}

/** "6 jobs: examples 512, 1024, 2048; method orpo, sft" */
function sweepText({ members, axes }: Sweep): string {
  const varied = axes.map(({ name, values }) => `${name} ${values.map(String).join(', ')}`);
  return `${plural(members.length, 'job')}: ${varied.join('; ')}`;
}

function itemOf(made: ReadyMadeSweep): SweepItem {
  const [[axis, values] = ['', []]] = Object.entries(made.content.axes);
  return {
    label: `$(sparkle) ${made.title}`,
    description: `${plural(values.length, 'job')}: ${axis} ${values.join(', ')}`,
    detail: `Written as ${FOLDER}/${made.file}, for you to change`,
    made,
  };
}

async function madeFor(study: OpenStudy, store: StudyStore): Promise<ReadyMadeSweep[]> {
  let pairs = 0;
  let samples: number | undefined;
  for (const id of study.index.questions.keys()) {
    await store.slices.pause();
    const { pair, score, trajectories } = study.passingState(id);
    if (!pair.leftOut) pairs += 1;
    if (score) samples = Math.min(samples ?? trajectories.length, trajectories.length);
  }
  const studies = store.studies().map(({ dir }) => dir);
  return readyMadeSweeps({
    pairs,
    samples: samples ?? 0,
    exports: await exportsFor(study.dir, studies),
  });
}

/** Exports of the study by name, and of the workspace's others by folder: those that sweeps made are parts of what is there. */
async function exportsFor(dir: string, studies: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const one of [dir, ...studies.filter((other) => other !== dir)])
    for (const method of ['orpo', 'sft'] as const)
      for (const { name, folder } of await trainingExports(one, method))
        if (!name.startsWith('sweep-'))
          found.push(one === dir ? name : relative(dir, folder).replaceAll('\\', '/'));
  return found;
}

/** Under its name, or a numbered one where a file of the user's has that. @returns its file, relative to the study. */
async function write(
  study: OpenStudy,
  { file, content }: ReadyMadeSweep,
  own: readonly SweepItem[],
): Promise<string> {
  const taken = new Set(own.map((one) => one.file));
  let path = `${FOLDER}/${file}`;
  for (let number = 2; taken.has(path); number++)
    path = `${FOLDER}/${file.replace('.json', `-${number}.json`)}`;
  await writeAtomic(join(study.dir, path), `${JSON.stringify(content, null, 2)}\n`);
  return path;
}

async function show(study: OpenStudy, file: string): Promise<void> {
  await vscode.window.showTextDocument(vscode.Uri.file(join(study.dir, file)));
}

function separator(label: string): SweepItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
