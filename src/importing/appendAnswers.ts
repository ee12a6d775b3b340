import type { Clock } from '../clock.ts';
import { seededRandom } from '../random.ts';
import { AppendLog } from '../records/appendLog.ts';
import { SCHEMA_VERSION, type TrajectoryRecord } from '../records/schemas.ts';
import { scanFile } from '../study/scan.ts';
import type { Study } from '../study/study.ts';
import { StudyIndex } from '../study/studyIndex.ts';
import type { ExampleTokens } from './exampleTokens.ts';
import type { SourceAnswer } from './formats/example.ts';
import { pickedExamples, type Dataset, type Example } from './pickExamples.ts';

/** Says in a trajectory that no server wrote it. */
export const IMPORTED = 'imported';

/**
 * Adds the answers of examples to the trajectories: the chosen one has index 0, the rejected one 1. Those that are there
 * stay as they are.
 *
 * @returns how many were added.
 */
export async function appendAnswers(
  study: Study,
  dataset: Dataset,
  ids: ReadonlySet<string>,
  ports: { tokens: ExampleTokens; clock: Clock; sampling: string },
): Promise<number> {
  const { sampling } = ports;
  const index = new StudyIndex();
  const file = { kind: 'trajectories', path: study.paths.trajectories } as const;
  for await (const batch of scanFile(file, undefined, dataset.signal)) index.apply(batch);
  const present = (id: string) =>
    new Set(index.trajectories(id, sampling).map((entry) => entry.index));
  const log = await AppendLog.open(study.paths.trajectories);
  let added = 0;
  try {
    for await (const example of pickedExamples(dataset, ids)) {
      const answers = answersOf(example, dataset.seed);
      const there = present(example.id);
      if (answers.every((_, at) => there.has(at))) continue;
      const counts = await ports.tokens.count(answers.map(({ text }) => text));
      for (const [at, { text, as, model, score }] of answers.entries()) {
        if (there.has(at)) continue;
        const record: TrajectoryRecord = {
          v: SCHEMA_VERSION,
          question_id: example.id,
          index: at,
          text,
          finish_reason: IMPORTED,
          prompt_tokens: null,
          completion_tokens: counts[at] ?? null,
          model: model ?? 'unknown',
          sampling,
          created_at: ports.clock.now().toISOString(),
          imported: { as, ...(score === undefined ? {} : { score }) },
        };
        await log.append(record);
        added += 1;
      }
    }
  } finally {
    await log.close();
  }
  return added;
}

/** Of several that may be rejected one is drawn, for each example from a generator of its own. */
function answersOf(
  { id, chosen, rejected }: Example,
  seed: number,
): (SourceAnswer & { as: 'chosen' | 'rejected' })[] {
  const drawn =
    rejected.length > 1
      ? rejected[seededRandom(seed, 'imported rejected', id).below(rejected.length)]
      : rejected[0];
  return [{ ...chosen, as: 'chosen' }, ...(drawn ? [{ ...drawn, as: 'rejected' as const }] : [])];
}
