import { createHash } from 'node:crypto';
import * as z from 'zod';
import { AppendLog } from '../../records/appendLog.ts';
import { readRecords, type Problem } from '../../records/jsonl.ts';
import { canonicalJson } from '../../study/canonicalHash.ts';

/** One answer of a judge. What it means is read from `answer` each time, so that better rules ask nothing twice. */
const judgementSchema = z.object({
  v: z.number().int().max(1).optional(),
  /** Digest of everything that was sent. */
  key: z.string(),
  question_id: z.string(),
  config: z.string(),
  answer: z.string(),
  finish_reason: z.string(),
  prompt_tokens: z.number().int().nonnegative().nullable(),
  completion_tokens: z.number().int().nonnegative().nullable(),
  created_at: z.string().optional(),
});
export type JudgementRecord = z.infer<typeof judgementSchema>;

/** Identifies a request to a judge by its content. */
export function judgementKey(request: object): string {
  return createHash('sha256').update(canonicalJson(request)).digest('hex').slice(0, 32);
}

/**
 * The judgements that there are, in `scores/<scorer>.judgements.jsonl`. They are what costs, so each is written as it
 * arrives, and the scores can be made anew from them.
 */
export class Judgements {
  readonly #answers = new Map<string, string>();
  /** Judgements by question and config. */
  readonly #counts = new Map<string, number>();
  readonly problems: Problem[] = [];
  readonly #log: AppendLog;

  private constructor(log: AppendLog) {
    this.#log = log;
  }

  /** @throws SealongError `read_only`, `disk_full`, `not_a_folder`. */
  static async open(path: string): Promise<Judgements> {
    const judgements = new Judgements(await AppendLog.open(path));
    try {
      for await (const { records, problems } of readRecords(path, judgementSchema)) {
        for (const { value } of records) judgements.#take(value);
        judgements.problems.push(...problems);
      }
    } catch (error) {
      await judgements.close();
      throw error;
    }
    return judgements;
  }

  /** The answer to a request, where it was asked before. */
  answer(key: string): string | undefined {
    return this.#answers.get(key);
  }

  countOf(questionId: string, config: string): number {
    return this.#counts.get(`${config} ${questionId}`) ?? 0;
  }

  async add(record: JudgementRecord): Promise<void> {
    this.#take(record);
    await this.#log.append(record);
  }

  async close(): Promise<void> {
    await this.#log.close();
  }

  #take({ key, answer, config, question_id }: JudgementRecord): void {
    if (this.#answers.has(key)) return;
    this.#answers.set(key, answer);
    const place = `${config} ${question_id}`;
    this.#counts.set(place, (this.#counts.get(place) ?? 0) + 1);
  }
}
