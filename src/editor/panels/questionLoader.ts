import { scoresByScorer } from '../../evaluation/questionAgreement.ts';
import type { QuestionState } from '../../preference/studyPairs.ts';
import type { PanelQuestion } from '../../protocol/panel.ts';
import type { QuestionRecord } from '../../records/schemas.ts';
import { studyConfigSchema } from '../../study/config.ts';
import { isFailed, type TrajectoryEntry } from '../../study/entries.ts';
import type { StudyQueue } from '../queue/queues.ts';
import { shownNumbers, shownState } from '../shownState.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import type { StudyStore } from '../store/studyStore.ts';
import { panelQuestion } from './panelQuestion.ts';

export interface QuestionLoaderPorts {
  store: Pick<StudyStore, 'read'>;
  queue: (study: OpenStudy) => Promise<StudyQueue>;
  reviewer: () => string;
  readOnly: () => string | null;
}

/** What of a question has to be read from the disk. */
interface Texts {
  question: QuestionRecord;
  /** What was read: held here, the state goes on with these very entries. */
  entries: readonly TrajectoryEntry[];
  /** By index. */
  trajectories: ReadonlyMap<number, string>;
  matrix: Float32Array | undefined;
}

/** Questions whose texts are kept: the one on screen, its neighbours, and those of a second study. */
const KEPT = 8;

/** Puts together what the question panel shows. What it read for a question is kept for as long as that has not changed. */
export class QuestionLoader {
  readonly #ports: QuestionLoaderPorts;
  /** By state, which is made anew whenever a question has changed; the latest last. */
  readonly #kept = new Map<QuestionState, Promise<Texts>>();

  constructor(ports: QuestionLoaderPorts) {
    this.#ports = ports;
  }

  /** @throws SealongError `no_question`, or why a file cannot be read. */
  async load(study: OpenStudy, questionId: string): Promise<PanelQuestion> {
    const whole = study.state(questionId);
    const [{ question, trajectories, matrix }, queue] = await Promise.all([
      this.#texts(study, whole),
      this.#ports.queue(study),
    ]);
    const reviewer = this.#ports.reviewer();
    const { blind } = study;
    const { sampling } = study.selection;
    const place = queue.places.get(questionId);
    const { review } = study.config ?? studyConfigSchema.parse({});
    const numbers = shownNumbers(study, questionId, reviewer);
    return panelQuestion({
      study: study.dir,
      question,
      state: shownState(study, questionId, reviewer),
      selection: study.selection,
      texts: numbers
        ? new Map([...trajectories].map(([index, text]) => [numbers.shown(index), text]))
        : trajectories,
      matrix: blind ? undefined : matrix,
      scores: blind
        ? new Map()
        : scoresByScorer(study.index, study.config, { questionId, sampling }),
      expected: study.expected,
      position: {
        at: place === undefined ? 0 : place + 1,
        of: queue.ids.length,
        view:
          queue.title === undefined
            ? null
            : { title: queue.title, audit: queue.audit.has(questionId) },
      },
      reviewer,
      reasons: review.reasons,
      answerRules: review.answer_rules,
      readOnly: this.#ports.readOnly(),
      blind,
      renumbered: numbers !== undefined,
    });
  }

  #texts(study: OpenStudy, state: QuestionState): Promise<Texts> {
    const known = this.#kept.get(state);
    const texts = known ?? this.#read(study, state);
    // Set again at the end: what was used last is kept longest.
    this.#kept.delete(state);
    this.#kept.set(state, texts);
    for (const old of this.#kept.keys()) if (this.#kept.size > KEPT) this.#kept.delete(old);
    if (!known)
      texts.catch(() => {
        // The file may be whole the next time.
        this.#kept.delete(state);
      });
    return texts;
  }

  async #read(study: OpenStudy, state: QuestionState): Promise<Texts> {
    const { read } = this.#ports.store;
    const entries = state.trajectories;
    const [question, matrix, records] = await Promise.all([
      read.question(study, state.questionId),
      state.score?.matrix ? read.matrix(study, state.score) : undefined,
      read.trajectories(study, entries),
    ]);
    const texts = entries.map((entry, position): [number, string] => {
      const { error, text = '' } = records[position] ?? {};
      return [entry.index, isFailed(entry) ? (error ?? text) : text];
    });
    return { question, entries, matrix, trajectories: new Map(texts) };
  }
}
