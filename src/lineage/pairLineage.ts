import * as z from 'zod';
import { decisionsByQuestion, standing } from '../preference/decisions.ts';
import { readRecords, readRecordAt } from '../records/jsonl.ts';
import { trajectorySchema, type DecisionRecord } from '../records/schemas.ts';
import { digestOf } from '../study/canonicalHash.ts';
import type { TrajectoryEntry } from '../study/entries.ts';
import type { Study } from '../study/study.ts';
import type { StudyIndex } from '../study/studyIndex.ts';

/** One text that was trained on, and the sample that it is. */
export interface SideLineage {
  /** Of the trajectory; null where no trajectory of the study has this text any more. */
  index: number | null;
  /** At the time of the export; of its scorer. */
  score: number | null;
  model: string | null;
  seed: number | null;
  sampled_at: string | null;
  finish_reason: string | null;
}

/** A decision on the question that was made before the export. */
export interface DecisionLineage {
  id: string;
  kind: DecisionRecord['kind'];
  reviewer: string;
  at: string;
  verdict: string | null;
  reason: string | null;
  note: string | null;
  chosen: number | null;
  rejected: number | null;
  /** Not taken back by then. */
  in_force: boolean;
}

export interface PairLineage {
  question_id: string;
  /** Its beginning; null where the study no longer has it. */
  question: string | null;
  chosen: SideLineage;
  /** Null for an answer alone, as SFT takes it. */
  rejected: SideLineage | null;
  margin: number | null;
  decisions: DecisionLineage[];
}

const message = z.looseObject({ content: z.string() });
const score = z.number().nullish();
/** A row of `pairs.jsonl` as exports for the trainer have it. */
const rowSchema = z.looseObject({
  question_id: z.string(),
  chosen: z.array(message).optional(),
  rejected: z.array(message).optional(),
  messages: z.array(message).optional(),
  chosen_score: score,
  rejected_score: score,
});
type Row = z.infer<typeof rowSchema>;

export interface PairSource {
  study: Study;
  index: StudyIndex;
  /** `pairs.jsonl` as the job keeps it. */
  file: string;
  /** Of the export. */
  sampling: string;
  scorer: string;
  exportedAt: string;
}

/**
 * Every pair of a file with what it was made of. Samples are found by their texts, so that a study that was sampled or scored anew
 * since is not mistaken for what the adapter saw.
 */
export async function* pairLineages(
  source: PairSource,
  signal: AbortSignal,
): AsyncGenerator<PairLineage | { problem: string }, void, undefined> {
  const decisions = decisionsByQuestion(source.index.decisions.values());
  for await (const batch of readRecords(source.file, rowSchema, undefined, signal)) {
    for (const { line, message: said } of batch.problems)
      yield { problem: `Row ${line} of ${source.file} cannot be read: ${said}` };
    for (const { value } of batch.records)
      yield await pairLineage(value, decisions.get(value.question_id) ?? [], source);
  }
}

async function pairLineage(
  row: Row,
  decisions: readonly DecisionRecord[],
  source: PairSource,
): Promise<PairLineage> {
  const { index, sampling, exportedAt } = source;
  const id = row.question_id;
  const samples = index.trajectories(id, sampling);
  const scores = index.currentScore(id, { scorer: source.scorer, scoring: '', sampling });
  const side = async (texts: Row['chosen'], exported: number | null | undefined) => {
    const digest = digestOf(texts?.at(-1)?.content ?? '');
    const found = samples.find(({ text }) => text === digest);
    const now = scores?.scores[scores.indices.indexOf(found?.index ?? -1)];
    return sideLineage(source, found, exported ?? now ?? null);
  };
  const chosen = await side(row.chosen ?? row.messages, row.chosen_score);
  const rejected = row.rejected ? await side(row.rejected, row.rejected_score) : null;
  const [high, low] = [chosen.score, rejected?.score ?? null];
  return {
    question_id: id,
    question: index.questions.get(id)?.question ?? null,
    chosen,
    rejected,
    margin: high === null || low === null ? null : high - low,
    decisions: decisionLineages(decisions, sampling, exportedAt),
  };
}

async function sideLineage(
  { study }: PairSource,
  entry: TrajectoryEntry | undefined,
  score: number | null,
): Promise<SideLineage> {
  const sample = entry && (await readRecordAt(study.paths.trajectories, entry, trajectorySchema));
  return {
    index: sample?.index ?? null,
    score,
    model: sample?.model ?? null,
    seed: sample?.seed ?? null,
    sampled_at: sample?.created_at ?? null,
    finish_reason: sample?.finish_reason ?? null,
  };
}

/** Those that the export could know of, in order. */
function decisionLineages(
  decisions: readonly DecisionRecord[],
  sampling: string,
  exportedAt: string,
): DecisionLineage[] {
  const before = decisions.filter(({ at }) => at <= exportedAt);
  const inForce = new Set(standing(before, sampling));
  return before.map((decision) => ({
    id: decision.id,
    kind: decision.kind,
    reviewer: decision.reviewer,
    at: decision.at,
    verdict: decision.verdict ?? null,
    reason: decision.reason ?? null,
    note: decision.note ?? null,
    chosen: decision.chosen ?? null,
    rejected: decision.rejected ?? null,
    in_force: inForce.has(decision),
  }));
}
