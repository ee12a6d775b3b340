import { SealongError } from '../errors.ts';
import type { Clock } from '../clock.ts';
import { AppendLog } from '../records/appendLog.ts';
import { problemText, readRecordAt } from '../records/jsonl.ts';
import { questionSchema, type ScoreRecord } from '../records/schemas.ts';
import { EndpointError } from '../endpoint/endpointError.ts';
import { samplingOf } from '../sampling/parameters.ts';
import {
  reporting,
  type Report,
  type Stage,
  type StageEvent,
  type StageProgress,
  type StageWarning,
} from '../stage.ts';
import { isFailed } from '../study/entries.ts';
import { lockStage } from '../study/lock.ts';
import type { Study } from '../study/study.ts';
import { indexStudy, textsDigest, type StudyIndex } from '../study/studyIndex.ts';
import { readMatrix } from './matrixFile.ts';
import { outlineOf } from './outline.ts';
import { scoreQuestion, type Work } from './scoreQuestion.ts';
import type { Scorer } from './scorer.ts';
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
  /** Trajectories without a score and judgements without a number, where a model judged. */
  unscored: number;
  unparsed: number;
}

/**
 * Scores every question whose trajectories changed since they were scored (paper, section 3.1), and makes lost or damaged
 * matrices anew. Records are appended: a later one of the same parameters takes the place of an earlier one.
 *
 * @throws SealongError `busy`, `no_trajectories`, or what the embedding model or server says.
 */
export async function* score(
  study: Study,
  ports: ScorerPorts & { clock: Clock },
  options: { signal: AbortSignal },
): Stage<ScoreSummary> {
  const unlock = await lockStage(study, 'score');
  try {
    const index = await indexStudy(study, options.signal);
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
      unscored: 0,
      unparsed: 0,
    };
    if (work.length > 0)
      yield* scoreAll({ study, ports, index, selection, work, summary }, options.signal);
    yield { type: 'progress', done: summary.scored, total: work.length, unit: 'questions' };
    if (summary.truncated > 0)
      yield {
        type: 'warning',
        message: `${summary.truncated} of ${summary.trajectories} texts are longer than the scorer's model takes: only their beginnings were compared. Their score records name them.`,
      };
    yield { type: 'done', summary };
  } finally {
    await unlock();
  }
}

interface Run {
  study: Study;
  ports: ScorerPorts & { clock: Clock };
  index: StudyIndex;
  selection: Selection;
  work: readonly Work[];
  summary: ScoreSummary;
}

async function* scoreAll(
  run: Run,
  outer: AbortSignal,
): AsyncGenerator<StageEvent<ScoreSummary>, void, undefined> {
  const { study, index, selection, work, summary } = run;
  // Also where the caller stops listening, no judge is asked any more.
  const stop = new AbortController();
  const signal = AbortSignal.any([outer, stop.signal]);
  const readQuestion = async (questionId: string) => {
    const entry = index.questions.get(questionId);
    if (!entry) throw new Error(`There is no question ${questionId}.`);
    return readRecordAt(study.paths.questions, entry, questionSchema);
  };
  const ports = { ...run.ports, readQuestion };
  const { scoring } = selection;
  const scorer = yield* reporting((report) =>
    openScorer({ study, ports, scoring, signal, report }),
  );
  try {
    const { calls, meanPromptTokens } = scorer.cost?.(
      work.map(({ questionId, entries }) => outlineOf(questionId, entries, index)),
    ) ?? { calls: 0, meanPromptTokens: 0 };
    if (calls > 0)
      yield {
        type: 'warning',
        message: `Scoring with ${selection.scorer} asks ${study.config.sampling.model} for ${calls} judgements, with prompts of about ${meanPromptTokens} tokens.`,
      };
    let judged = 0;
    const progress = (): StageProgress =>
      calls > 0
        ? { type: 'progress', done: judged, total: calls, unit: 'judgements' }
        : { type: 'progress', done: summary.scored, total: work.length, unit: 'questions' };
    const log = await AppendLog.open(study.paths.scoreFile(selection.scorer));
    try {
      for (const item of work) {
        yield progress();
        const record = yield* scoreOne(run, item, scorer, signal, (report) => {
          judged += 1;
          report(progress());
        });
        if (!record) continue;
        await log.append(record);
        count(summary, record);
      }
    } finally {
      await log.close();
    }
  } finally {
    stop.abort(new Error('Scoring was stopped.'));
    await scorer.close();
  }
}

/** A question that the judging server refuses for good stays without scores, and the others go on. */
async function* scoreOne(
  { study, ports, selection }: Run,
  item: Work,
  scorer: Scorer,
  signal: AbortSignal,
  onJudged: (report: Report) => void,
): AsyncGenerator<StageProgress | StageWarning, ScoreRecord | undefined, undefined> {
  try {
    return yield* reporting((report) => {
      const judged = () => {
        onJudged(report);
      };
      const { clock } = ports;
      return scoreQuestion(study, scorer, item, selection, { clock, judged }, signal);
    });
  } catch (error) {
    if (!(error instanceof EndpointError && error.failure === 'question')) throw error;
    const message = `Question ${item.questionId} was not scored: ${error.message}`;
    yield { type: 'warning', message };
    return undefined;
  }
}

function count(summary: ScoreSummary, record: ScoreRecord): void {
  summary.scored += 1;
  summary.trajectories += record.indices.length;
  summary.truncated += record.truncated?.length ?? 0;
  summary.unscored += record.unscored?.length ?? 0;
  summary.unparsed += record.unparsed ?? 0;
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
  const unscored = new Set(found?.unscored);
  const scored = entries.filter((entry) => !unscored.has(entry.index));
  if (found?.config !== scoring || found.texts !== textsDigest(scored)) return false;
  if (!found.matrix) return true;
  return (await readMatrix(study.paths.matrixFile(scorer), found.matrix)) !== undefined;
}
