import { SealongError, messageOf } from '../errors.ts';
import { problemText, readRecords } from '../records/jsonl.ts';
import { questionSchema } from '../records/schemas.ts';
import type { Stage } from '../stage.ts';
import { scanFile } from '../study/scan.ts';
import type { Study } from '../study/study.ts';
import { targetOf } from './draw.ts';
import { readManifest, type SynthesisManifest } from './manifest.ts';
import { selfSupervision, StatisticsCount, type DatasetStatistics } from './statistics.ts';

/** The questions of a study as a data set, as they stand in its files. */
export interface DatasetReport {
  /** Null where the study has no questions. */
  statistics: DatasetStatistics | null;
  /** How they were made; null where that is not known. */
  made: SynthesisManifest | null;
}

export interface DatasetReportSummary {
  stage: 'report';
  study: string;
  dataset: DatasetReport;
}

/** The data set alone, for the report of a synthesis: without reading what was made of its questions. */
export async function* reportDataset(
  study: Study,
  { signal }: { signal: AbortSignal },
): Stage<DatasetReportSummary> {
  const { warnings, ...dataset } = await datasetReport(study, signal);
  for (const message of warnings) yield { type: 'warning', message };
  yield { type: 'done', summary: { stage: 'report', study: study.name, dataset } };
}

/** Reads the questions once, and of another dataset also its answers. */
export async function datasetReport(
  study: Study,
  signal: AbortSignal,
): Promise<DatasetReport & { warnings: string[] }> {
  const warnings: string[] = [];
  const manifest = await readManifest(study).catch((error: unknown) => {
    if (!(error instanceof SealongError)) throw error;
    warnings.push(messageOf(error));
    return undefined;
  });
  const answerTokens = manifest?.import ? await chosenTokens(study, signal) : undefined;
  const statistics = new StatisticsCount();
  const range = manifest?.growth?.target_tokens;
  let examples = 0;
  let others = 0;
  try {
    for await (const batch of readRecords(
      study.paths.questions,
      questionSchema,
      undefined,
      signal,
    )) {
      warnings.push(...batch.problems.map(problemText));
      for (const { value } of batch.records) {
        const isOf = manifest !== undefined && value.synthesis === manifest.synthesis;
        if (!isOf) others += 1;
        examples += 1;
        statistics.add({
          tokens: value.context_tokens + (answerTokens?.get(value.id) ?? 0),
          target: isOf && range ? targetOf(value.id, { seed: manifest.seed, ...range }) : undefined,
          documents: value.documents,
        });
      }
    }
  } catch (error) {
    if (!(error instanceof SealongError && error.code === 'missing_file')) throw error;
  }
  if (examples === 0) return { statistics: null, made: null, warnings };
  const isKnown = manifest !== undefined && others === 0;
  if (manifest && !isKnown)
    warnings.push(
      `${others} of ${examples} questions are not those that synthesis.json tells of; how they were made is not shown.`,
    );
  return {
    statistics: statistics.finish(
      (isKnown ? manifest.import?.supervision : undefined) ?? selfSupervision(study),
    ),
    made: isKnown ? manifest : null,
    warnings,
  };
}

/** By question, of the answers that came with it from another dataset. */
async function chosenTokens(study: Study, signal: AbortSignal): Promise<Map<string, number>> {
  const tokens = new Map<string, number>();
  const file = { kind: 'trajectories', path: study.paths.trajectories } as const;
  for await (const batch of scanFile(file, undefined, signal))
    if (batch.kind === 'trajectories')
      for (const [position, { imported }] of batch.entries.rare) {
        const { texts, questionId, tokens: counts } = batch.entries;
        const [id, count = NaN] = [texts[questionId[position] ?? 0], counts[position]];
        if (imported?.as === 'chosen' && id !== undefined)
          tokens.set(id, Number.isNaN(count) ? 0 : count);
      }
  return tokens;
}
