import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { saveView } from '../../../src/review/views.ts';
import { viewSchema } from '../../../src/review/view.ts';
import { studyPaths } from '../../../src/study/study.ts';
import { editConfig } from './studyFiles.ts';
import { ROOT } from './requirements.ts';

const DEMO = studyPaths(join(ROOT, 'demo/studies/ondrey-sampled'));
const SCORER = 'mbr_embedding';

/** Of the study's view, as `views/NAME.json`. */
export const LOW_MARGIN = 'low-margin';

/**
 * The sampled demo twice over, its second half under other ids: sixty questions with texts as a model writes them, with
 * scores and utilities, and a view of the study's own that mixes others in at random.
 */
export async function writeReviewStudy(dir: string): Promise<void> {
  const paths = studyPaths(dir);
  await mkdir(paths.scores, { recursive: true });
  for (const [from, to, key] of [
    [DEMO.questions, paths.questions, 'id'],
    [DEMO.trajectories, paths.trajectories, 'question_id'],
    [DEMO.scoreFile(SCORER), paths.scoreFile(SCORER), 'question_id'],
  ] as const)
    await writeFile(to, twice(await readFile(from, 'utf8'), key));
  await cp(DEMO.matrixFile(SCORER), paths.matrixFile(SCORER));
  await cp(DEMO.config, paths.config);
  await editConfig(dir, 'questions', { count: 60 });
  const view = viewSchema.parse({
    title: 'Low margin',
    filter: { margin: { max: 0.172 }, not_reviewed_by: 'me' },
    sort: [{ by: 'margin' }],
    audit: 0.1,
  });
  await saveView(paths, LOW_MARGIN, view);
}

const recordSchema = z.record(z.string(), z.unknown());

function twice(text: string, key: string): string {
  const lines = text.split('\n').filter(Boolean);
  const renamed = lines.map((line) => {
    const record = recordSchema.parse(JSON.parse(line));
    const number = Number(String(record[key]).slice('isle-'.length)) + 30;
    return JSON.stringify({ ...record, [key]: `isle-${number}` });
  });
  return `${[...lines, ...renamed].join('\n')}\n`;
}
