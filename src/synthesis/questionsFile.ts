import { encodeRecord } from '../records/jsonl.ts';
import { SCHEMA_VERSION, type QuestionRecord } from '../records/schemas.ts';
import { writeAtomic } from '../records/writeAtomic.ts';
import { canonicalJson } from '../study/canonicalHash.ts';
import type { Study } from '../study/study.ts';
import type { AnswersFile } from './answersFile.ts';
import type { Draft } from './draft.ts';
import type { LeftOutCount } from './leftOut.ts';
import { StatisticsCount } from './statistics.ts';
import { hasTrajectories, keepCopy, PreviousQuestions, wouldOrphan } from './previousQuestions.ts';

interface QuestionsFilePorts {
  answers: AnswersFile;
  leftOut: LeftOutCount;
  warn: (message: string) => void;
  /** Told after each question how many there are. */
  made: (questions: number) => void;
}

interface QuestionsFileOptions {
  /** Hash of the parameters, written to each record. */
  synthesis: string;
  replace: boolean;
  signal: AbortSignal;
}

/** Makes the questions of a study one by one, and replaces `questions.jsonl` as a whole once all are made. */
export class QuestionsFile {
  readonly counts = {
    questions: 0,
    added: 0,
    documents: 0,
    underMin: 0,
    overTarget: 0,
    unfilled: 0,
  };
  readonly tokens = { min: Number.POSITIVE_INFINITY, sum: 0, max: 0 };
  readonly statistics = new StatisticsCount();
  readonly #study: Study;
  readonly #ports: QuestionsFilePorts;
  readonly #options: QuestionsFileOptions;
  /** The questions that are there are others than those being made. */
  #replaces = false;
  #interruption: { error: unknown } | undefined;

  constructor(study: Study, ports: QuestionsFilePorts, options: QuestionsFileOptions) {
    this.#study = study;
    this.#ports = ports;
    this.#options = options;
  }

  /**
   * @param nothing makes the error for a source without any usable row.
   * @throws SealongError `would_orphan`. What the counter or the signal throws comes after the questions made until then
   *   are written, where that loses none that were there.
   */
  async write(source: AsyncIterable<Draft>, nothing: () => Error): Promise<void> {
    const { questions: path } = this.#study.paths;
    const previous = await PreviousQuestions.open(path);
    try {
      await writeAtomic(path, this.#lines(source, previous, nothing));
      await this.#ports.answers.write(this.#replaces);
    } finally {
      await previous.close();
    }
    if (this.#interruption) throw this.#interruption.error;
  }

  async *#lines(
    source: AsyncIterable<Draft>,
    previous: PreviousQuestions,
    nothing: () => Error,
  ): AsyncGenerator<string, void, undefined> {
    const { count } = this.#study.config.questions;
    const handMade = await this.#compareParameters(previous);
    for await (const draft of source) {
      const unread = previous.next !== undefined;
      const made = await this.#make(draft, previous);
      if (this.#interruption) break;
      if (!made) continue;
      const { record, target } = made;
      // Fewer are asked for than were there, and now those that were there are no longer what would be made.
      const enough = this.counts.questions >= count;
      if (unread && this.#replaces && enough) break;
      this.#ports.answers.add(record.id, draft.answers);
      this.#add(record, target);
      yield encodeRecord(record);
      this.#ports.made(this.counts.questions);
      if (!previous.next && this.counts.questions >= count) break;
    }
    const { signal } = this.#options;
    if (signal.aborted && !this.#interruption) this.#interrupt(signal.reason, previous);
    if (previous.next) await this.#diverge(previous, 'the source has fewer questions now');
    if (this.counts.questions === 0) throw nothing();
    if (this.#replaces) {
      this.counts.added = this.counts.questions;
      await this.#keepOld(handMade);
    }
  }

  /** Whether the first question that is there was not made by synthesis. */
  async #compareParameters(previous: PreviousQuestions): Promise<boolean> {
    const { next } = previous;
    if (!next) return false;
    if ('unreadable' in next) await this.#diverge(previous, next.unreadable);
    else if (next.record.synthesis !== this.#options.synthesis)
      await this.#diverge(previous, 'they were made with other parameters');
    return 'unreadable' in next || next.record.synthesis === undefined;
  }

  /** A question's record; undefined where it is left out, or where making it was interrupted. */
  async #make(
    { id, question, finish }: Draft,
    previous: PreviousQuestions,
  ): Promise<{ record: QuestionRecord; target: number | undefined } | undefined> {
    const { synthesis, signal } = this.#options;
    const { next } = previous;
    try {
      signal.throwIfAborted();
      const there = next && 'record' in next ? next.record : undefined;
      // Counting is what takes time: a context that is there already has its number.
      const isSame =
        there?.id === id && there.question === question && there.synthesis === synthesis;
      const made = await finish(
        isSame ? { context: there.context, tokens: there.context_tokens } : undefined,
      );
      if ('leftOut' in made) {
        this.#ports.leftOut.add(made.leftOut, made.message);
        return undefined;
      }
      const { context, tokens, documents, target, overTarget, isUnfilled } = made;
      const record: QuestionRecord = {
        v: SCHEMA_VERSION,
        id,
        question,
        context,
        context_tokens: tokens,
        documents,
        synthesis,
      };
      if (there && canonicalJson(record) === canonicalJson({ ...there, v: SCHEMA_VERSION }))
        await previous.advance();
      else if (next)
        await this.#diverge(
          previous,
          'unreadable' in next ? next.unreadable : `"${next.record.id}" differs from "${id}" now`,
        );
      else this.counts.added += 1;
      if (overTarget) this.counts.overTarget += 1;
      if (isUnfilled) this.counts.unfilled += 1;
      return { record, target };
    } catch (error) {
      this.#interrupt(error, previous);
      return undefined;
    }
  }

  #add(record: QuestionRecord, target: number | undefined): void {
    const { context_tokens, documents } = record;
    this.statistics.add({ tokens: context_tokens, target, documents });
    this.counts.questions += 1;
    this.counts.documents += documents.length;
    if (context_tokens < this.#study.config.questions.min_context_tokens) this.counts.underMin += 1;
    this.tokens.min = Math.min(this.tokens.min, context_tokens);
    this.tokens.max = Math.max(this.tokens.max, context_tokens);
    this.tokens.sum += context_tokens;
  }

  /** The questions made so far are a beginning of the whole, so they can stand, unless fewer than were there. */
  #interrupt(error: unknown, previous: PreviousQuestions): void {
    if (this.counts.questions === 0 || this.#replaces || previous.next) throw error;
    this.#interruption = { error };
  }

  async #diverge(previous: PreviousQuestions, why: string): Promise<void> {
    const { paths } = this.#study;
    if (!this.#options.replace && (await hasTrajectories(paths))) throw wouldOrphan(paths, why);
    this.#replaces = true;
    await previous.close();
  }

  /** What can be made again from its source is not kept, unless samples of it are. */
  async #keepOld(handMade: boolean): Promise<void> {
    const { paths } = this.#study;
    const sampled = await hasTrajectories(paths);
    if (!sampled && !handMade) return;
    const hash = await keepCopy(paths.questions);
    await this.#ports.answers.keepCopy(hash);
    const kept = `The questions were replaced; the old ones are in questions.${hash}.jsonl.bak.`;
    const samples = `${paths.trajectories} still holds samples of the old ones: move it, scores/ and decisions/ elsewhere before you sample again.`;
    this.#ports.warn(sampled ? `${kept} ${samples}` : kept);
  }
}
