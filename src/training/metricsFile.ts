import * as z from 'zod';
import { SealongError } from '../errors.ts';
import { readRecords } from '../records/jsonl.ts';
import { START, type Position } from '../records/lines.ts';

const measure = z.number().nullish();
const pointSchema = z.object({
  step: z.number().int().nonnegative(),
  loss: measure,
  margin: measure,
  accuracy: measure,
  lr: measure,
  tokens_per_s: measure,
});
/** What is drawn of one step; other lines and fields of a trainer are passed over. */
export type MetricsPoint = z.infer<typeof pointSchema>;

/**
 * A growing `metrics.jsonl`, read on from where it was read to. Each reading begins at the last line known: where that is
 * another than before, a resumed run has written the file anew, and so it is read.
 */
export class MetricsFile {
  readonly #path: string;
  #points: MetricsPoint[] = [];
  #last: { at: Position; text: string } | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** By step, ascending; a step that stands twice counts as it stands last. */
  get points(): readonly MetricsPoint[] {
    return this.#points;
  }

  /** @returns whether there is anything new. */
  async read(signal?: AbortSignal): Promise<boolean> {
    const known = this.#last;
    const fresh = await this.#records(known?.at ?? START, signal);
    const [first] = fresh;
    const same = known === undefined || JSON.stringify(first?.value) === known.text;
    if (same) return this.#add(known ? fresh.slice(1) : fresh);
    this.#points = [];
    this.#last = undefined;
    this.#add(await this.#records(START, signal));
    return true;
  }

  async #records(from: Position, signal: AbortSignal | undefined) {
    const records: { value: MetricsPoint; line: number; offset: number }[] = [];
    try {
      for await (const batch of readRecords(this.#path, pointSchema, from, signal))
        records.push(...batch.records);
    } catch (error) {
      if (!(error instanceof SealongError && error.code === 'missing_file')) throw error;
    }
    return records;
  }

  #add(records: readonly { value: MetricsPoint; line: number; offset: number }[]): boolean {
    const last = records.at(-1);
    if (!last) return false;
    this.#last = {
      at: { offset: last.offset, line: last.line },
      text: JSON.stringify(last.value),
    };
    const bySteps = new Map(this.#points.map((point) => [point.step, point]));
    for (const { value } of records) bySteps.set(value.step, value);
    this.#points = [...bySteps.values()].sort((a, b) => a.step - b.step);
    return true;
  }
}
