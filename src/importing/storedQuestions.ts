import { createHash } from 'node:crypto';
import { problemText, readRecords } from '../records/jsonl.ts';
import { questionSchema, type QuestionRecord } from '../records/schemas.ts';
import { SealongError } from '../errors.ts';
import { canonicalJson } from '../study/canonicalHash.ts';

/** The questions that a study has before an import, each as a digest: contexts are long. */
export class StoredQuestions {
  readonly #digests: Map<string, string>;
  readonly #unreadable: string | undefined;
  #left: number;

  private constructor(digests: Map<string, string>, unreadable: string | undefined) {
    this.#digests = digests;
    this.#unreadable = unreadable;
    this.#left = digests.size;
  }

  static async open(path: string): Promise<StoredQuestions> {
    const digests = new Map<string, string>();
    let unreadable: string | undefined;
    try {
      for await (const { records, problems } of readRecords(path, questionSchema)) {
        for (const { value } of records) digests.set(value.id, digestOf(value));
        unreadable ??= problems[0] && problemText(problems[0]);
      }
    } catch (error) {
      if (!(error instanceof SealongError && error.code === 'missing_file')) throw error;
    }
    return new StoredQuestions(digests, unreadable);
  }

  get isEmpty(): boolean {
    return this.#digests.size === 0 && this.#unreadable === undefined;
  }

  /** Whether the study has this question already, just so. */
  take(record: QuestionRecord): boolean {
    const isSame = this.#digests.get(record.id) === digestOf(record);
    if (isSame) this.#left -= 1;
    return isSame;
  }

  /** Why the questions taken are not all that there were, as a clause; undefined where they are. */
  difference(): string | undefined {
    if (this.#unreadable !== undefined) return this.#unreadable;
    return this.#left === 0
      ? undefined
      : `${this.#left} of the ${this.#digests.size} that are there are not among them`;
  }
}

function digestOf(record: QuestionRecord): string {
  return createHash('sha256').update(canonicalJson(record)).digest('base64');
}
