import { SealongError } from '../errors.ts';
import type { Clock } from '../clock.ts';
import { AppendLog } from '../records/appendLog.ts';
import { problemText, readRecordAt } from '../records/jsonl.ts';
import { SCHEMA_VERSION, trajectorySchema, type ScoreRecord } from '../records/schemas.ts';
import { samplingOf } from '../sampling/parameters.ts';
import { reporting, type Stage } from '../stage.ts';
import { isFailed, type TrajectoryEntry } from '../study/entries.ts';
import { lockStage } from '../study/lock.ts';
import type { Study } from '../study/study.ts';
import { indexStudy, textsDigest, type StudyIndex } from '../study/studyIndex.ts';
import { appendMatrix, readMatrix } from './matrixFile.ts';
import type { Scorer, ScoringResult } from './scorer.ts';
import { openScorer, type ScorerPorts } from './scorers.ts';
import { scoringHash, selectRecords, type Selection } from './selection.ts';

export interface ScoreSummary {
  stage: 'score';
  scorer: string;
  config: string;
  sampling: string;
  questions: number;
  /** Scored in this run; the others were scored before with the same texts. */
  scored: number;
  trajectories: number;
  /** Texts longer than the model's limit. */
  truncated: number;
}

interface Work {
  questionId: string;
  entries: TrajectoryEntry[];
}

/**
 * Scores every question whose trajectories changed since they were scored (paper, section 3.1), and makes lost or damaged
 * matrices anew. Records are appended: a later one of the same parameters takes the place of an earlier one.
 *
 * @throws SealongError `busy`, `no_trajectories`, `no_scorer`, or what the embedding model or server says.
 */
export async function* score(
  study: Study,
  ports: ScorerPorts & { clock: Clock },
  options: { signal: AbortSignal },
): Stage<ScoreSummary> {
  const unlock = await lockStage(study, 'score');
  try {
    const index = await indexStudy(study.paths, options.signal);
    for (const problem of index.problems) yield { type: 'warning', message: problemText(problem) };
    const { hash } = await samplingOf(study);
    const selection = selectRecords(index, study.config, hash);
    if (selection.otherSampling)
      yield {
        type: 'warning',
        message: `No trajectories were sampled with the present parameters of sealong.json; scoring those of sampling ${selection.sampling}.`,
      };
    const all = questionsToScore(index, selection);
    if (all.length === 0)
      throw new SealongError(
        'no_trajectories',
        `${study.paths.trajectories} holds no trajectories to score. Sample some with "sealong sample ${study.dir}".`,
      );
    const work: Work[] = [];
    for (const item of all) if (!(await isScored(study, index, selection, item))) work.push(item);

    const summary: ScoreSummary = {
      stage: 'score',
      scorer: selection.scorer,
      config: scoringHash(study.config),
      sampling: selection.sampling,
      questions: all.length,
      scored: 0,
      trajectories: 0,
      truncated: 0,
    };
    if (work.length > 0) {
      const scorer = yield* reporting((tell) =>
        openScorer(study, ports, options.signal, tell),
      );
      const log = await AppendLog.open(study.paths.scoreFile(selection.scorer));
      try {
        for (const item of work) {
          yield { type: 'progress', done: summary.scored, total: work.length, unit: 'questions' };
          const record = await scoreQuestion(
            study,
            scorer,
            item,
            selection,
            ports.clock,
            options.signal,
          );
          await log.append(record);
          summary.scored += 1;
          summary.trajectories += record.indices.length;
          summary.truncated += record.truncated?.length ?? 0;
        }
      } finally {
        await log.close();
        await scorer.close();
      }
    }
    yield { type: 'progress', done: work.length, total: work.length, unit: 'questions' };
    yield { type: 'done', summary };
  } finally {
    await unlock();
  }
}

function questionsToScore(index: StudyIndex, { sampling }: Selection): Work[] {
  return [...index.questions.keys()]
    .map((questionId) => ({
      questionId,
      entries: index.trajectories(questionId, sampling).filter((entry) => !isFailed(entry)),
    }))
    .filter(({ entries }) => entries.length > 0);
}

/** Whether a question's record fits its present texts, with its matrix whole. */
async function isScored(
  study: Study,
  index: StudyIndex,
  { scorer, scoring, sampling }: Selection,
  { questionId, entries }: Work,
): Promise<boolean> {
  const found = index.currentScore(questionId, { scorer, scoring, sampling });
  if (found?.config !== scoring || found.texts !== textsDigest(entries)) return false;
  if (!found.matrix) return true;
  return (await readMatrix(study.paths.matrixFile(scorer), found.matrix)) !== undefined;
}

async function scoreQuestion(
  study: Study,
  scorer: Scorer,
  { questionId, entries }: Work,
  { scorer: name, scoring, sampling }: Selection,
  clock: Clock,
  signal: AbortSignal,
): Promise<ScoreRecord> {
  const texts: string[] = [];
  for (const entry of entries)
    texts.push((await readRecordAt(study.paths.trajectories, entry, trajectorySchema)).text);
  const result = await scorer.score({ questionId, texts }, signal);
  refuseNonFinite(questionId, entries, result);
  const matrix = result.matrix && (await appendMatrix(study.paths.matrixFile(name), result.matrix));
  return {
    v: SCHEMA_VERSION,
    question_id: questionId,
    scorer: name,
    config: scoring,
    sampling,
    indices: entries.map((entry) => entry.index),
    scores: result.scores,
    texts: textsDigest(entries),
    ...(result.truncated.length > 0
      ? { truncated: result.truncated.flatMap((position) => entries[position]?.index ?? []) }
      : {}),
    ...(matrix ? { matrix } : {}),
    created_at: clock.now().toISOString(),
  };
}

/** A NaN in one embedding would make every score of the question NaN: better no score than a wrong choice. */
function refuseNonFinite(
  questionId: string,
  entries: TrajectoryEntry[],
  result: ScoringResult,
): void {
  const bad = result.scores.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new SealongError(
    'not_a_number',
    `Question ${questionId}: the score of trajectory ${entries[bad]?.index ?? bad} is not a number. The model gives no usable values for it; choose another model or precision.`,
  );
}
