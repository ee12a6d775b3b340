import type { QuestionState } from '../../preference/studyPairs.ts';
import type { QuestionEntry } from '../../study/entries.ts';
import { questionFacts, tellAnswers, type QuestionFacts } from '../../review/questionFacts.ts';
import { shownTo } from '../shownState.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import type { TimeSlices } from '../store/timeSlices.ts';

/** What is kept of every question of a study. */
export interface KnownQuestion {
  /** As the reviewer is to see them. */
  facts: QuestionFacts;
  /** What its study's row counts, also of a question that is reviewed blind. */
  scored: boolean;
  paired: boolean;
  overridden: boolean;
}

interface Kept extends KnownQuestion {
  /** Of the state that they were made from. */
  version: number;
}

interface KeptStudy {
  /** Blind, a question has other facts for each reviewer. */
  seenBy: string | undefined;
  byId: Map<string, Kept>;
  running: Promise<unknown> | undefined;
  /** The latest list of all, and what the study was when it was begun. */
  all: { version: number; known: readonly KnownQuestion[] } | undefined;
}

/** What every question is counted, sorted and filtered by; made in slices, and only of those that changed. */
export class StudyFacts {
  readonly #slices: TimeSlices;
  readonly #reviewer: () => string;
  readonly #studies = new WeakMap<OpenStudy, KeptStudy>();

  constructor(slices: TimeSlices, reviewer: () => string) {
    this.#slices = slices;
    this.#reviewer = reviewer;
  }

  /** Of all questions, in the order of the file. Of answers that are still being read nothing is told. */
  async of(study: OpenStudy): Promise<readonly KnownQuestion[]> {
    const kept = this.#keptOf(study);
    // Whoever asks meanwhile finds most of it there.
    while (kept.running) await Promise.allSettled([kept.running]);
    if (kept.all?.version === study.version) return kept.all.known;
    const made = this.#make(study, kept);
    kept.running = made;
    try {
      return await made;
    } finally {
      kept.running = undefined;
    }
  }

  /** Of one question, where it is known as it is now. */
  known(study: OpenStudy, questionId: string): KnownQuestion | undefined {
    const found = this.#keptOf(study).byId.get(questionId);
    return found?.version === study.stateVersion(questionId) ? found : undefined;
  }

  /** Of one question, made where it is not known. */
  one(study: OpenStudy, entry: QuestionEntry): KnownQuestion {
    return this.known(study, entry.id) ?? this.#know(study, entry);
  }

  #keptOf(study: OpenStudy): KeptStudy {
    const seenBy = study.blind ? this.#reviewer() : undefined;
    const kept = this.#studies.get(study);
    if (kept?.seenBy === seenBy && kept) return kept;
    const made: KeptStudy = { seenBy, byId: new Map(), running: undefined, all: undefined };
    this.#studies.set(study, made);
    return made;
  }

  async #make(study: OpenStudy, kept: KeptStudy): Promise<readonly KnownQuestion[]> {
    const { byId } = kept;
    const { version } = study;
    const all: KnownQuestion[] = [];
    for (const entry of study.index.questions.values()) {
      let known = this.known(study, entry.id);
      const late = known?.facts.clustered !== true && study.isClustered(entry.id);
      if (!known || late) {
        if (this.#slices.isSpent()) await this.#slices.next();
        known = this.one(study, entry);
        // Answers are in clusters later than all else is read.
        if (!known.facts.clustered && study.isClustered(entry.id))
          tellAnswers(known.facts, this.#shown(study, entry.id).clusters);
      }
      known.facts.place = all.length;
      all.push(known);
    }
    for (const id of byId.keys()) if (!study.index.questions.has(id)) byId.delete(id);
    kept.all = { version, known: all };
    return all;
  }

  #shown(study: OpenStudy, questionId: string): QuestionState {
    return shownTo(this.#reviewer(), study, study.passingState(questionId));
  }

  /** Its place in the file is told when all are gone through. */
  #know(study: OpenStudy, entry: QuestionEntry): KnownQuestion {
    const version = study.stateVersion(entry.id);
    const state = study.passingState(entry.id);
    const shown = shownTo(this.#reviewer(), study, state);
    const { pair, score } = state;
    const known: Kept = {
      version,
      facts: questionFacts(entry, shown, 0, undefined),
      scored: score !== undefined,
      paired: pair.leftOut === undefined,
      overridden: (pair.chosen?.override ?? pair.rejected?.override) !== undefined,
    };
    this.#keptOf(study).byId.set(entry.id, known);
    return known;
  }
}
