import type { Memento } from 'vscode';
import type { QuestionFacts } from '../../review/questionFacts.ts';
import { blindView } from '../../review/blindView.ts';
import { queue, type Queue } from '../../review/queue.ts';
import { looksAtClusters, type View } from '../../review/view.ts';
import { studyConfigSchema } from '../../study/config.ts';
import type { QuestionEntry } from '../../study/entries.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import type { TimeSlices } from '../store/timeSlices.ts';
import { ALL_QUESTIONS, activeViewSchema, isPlain, type ActiveView } from './activeView.ts';
import { StudyFacts, type KnownQuestion } from './studyFacts.ts';
import { viewTitle } from './viewText.ts';

/** The questions of a study that are shown, in the order in which next and previous walk them. */
export interface StudyQueue {
  ids: readonly string[];
  /** Place in `ids`, from 0. */
  places: ReadonlyMap<string, number>;
  /** Mixed in at random: the view did not ask for them. */
  audit: ReadonlySet<string>;
  active: ActiveView;
  /** What the view is called; undefined where it shows every question as in the file. */
  title: string | undefined;
}

/** Where somebody stands in a queue: what they walked stays in it there until the view is applied anew. */
export interface QueuePlace {
  /** The last questions up to the one that is shown; none where that is not in the queue. */
  walked: readonly string[];
  /** Those of them that were mixed in at random. */
  audit: readonly string[];
  /** The questions that come next. */
  next: readonly string[];
}

export interface QueuesPorts {
  slices: TimeSlices;
  reviewer: () => string;
  /** Keeps the views in use over a reload. */
  memory: Pick<Memento, 'get' | 'update'>;
}

interface Held {
  revision: number;
  /** Undefined for a view that looks at no answers. */
  clustersRevision: number | undefined;
  active: ActiveView;
  queue: Promise<StudyQueue>;
}

const MEMORY_KEY = 'sealong.views';

/**
 * The queue of each study: its view, applied. A queue stays as it is while only decisions are added, so that a question
 * does not vanish under the reviewer who decides on it; choosing a view, or `renew`, applies it anew.
 */
export class Queues {
  readonly #ports: QueuesPorts;
  readonly #listeners = new Set<(dir: string) => void>();
  readonly #held = new Map<string, Held>();
  readonly #active = new Map<string, ActiveView>();
  /** By study and by panel. */
  readonly #stands = new Map<string, Map<string, QueuePlace>>();
  /** Studies whose facts are being made, with whether they changed since. */
  readonly #preparing = new Map<string, boolean>();
  readonly #facts: StudyFacts;

  constructor(ports: QueuesPorts) {
    this.#ports = ports;
    this.#facts = new StudyFacts(ports.slices, ports.reviewer);
    const saved = ports.memory.get<Record<string, unknown>>(MEMORY_KEY, {});
    for (const [dir, value] of Object.entries(saved)) {
      const active = activeViewSchema.safeParse(value);
      if (active.success) this.#active.set(dir, active.data);
    }
  }

  /** @param listener is told the study whose queue is another now. */
  onDidChange(listener: (dir: string) => void): { dispose: () => void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  active(dir: string): ActiveView {
    return this.#active.get(dir) ?? ALL_QUESTIONS;
  }

  /** Puts a view in use. */
  async use(dir: string, active: ActiveView): Promise<void> {
    if (isPlain(active)) this.#active.delete(dir);
    else this.#active.set(dir, active);
    this.renew(dir);
    await this.#ports.memory.update(MEMORY_KEY, Object.fromEntries(this.#active));
  }

  /** Applies the view in use anew, so that what was decided since counts. */
  renew(dir: string): void {
    this.#stands.delete(dir);
    this.#drop(dir);
  }

  /** Says where a panel stands, so that new records or a reload do not take its question out of the queue. */
  stand(dir: string, panel: string, place: QueuePlace): void {
    const stands = this.#stands.get(dir) ?? new Map<string, QueuePlace>();
    this.#stands.set(dir, stands.set(panel, place));
  }

  /** As `stand`, for a panel that is back after a reload, when the queue may have been made without it. */
  standAgain(dir: string, panel: string, place: QueuePlace): void {
    this.stand(dir, panel, place);
    if (place.walked.length > 0 && this.#held.has(dir)) this.#drop(dir);
  }

  leave(dir: string, panel: string): void {
    this.#stands.get(dir)?.delete(panel);
  }

  #drop(dir: string): void {
    this.#held.delete(dir);
    for (const listener of this.#listeners) listener(dir);
  }

  of(study: OpenStudy): Promise<StudyQueue> {
    const active = this.active(study.dir);
    const held = this.#held.get(study.dir);
    const { revision } = study;
    const clustersRevision = looksAtClusters(active.view) ? study.clustersRevision : undefined;
    if (
      held?.revision === revision &&
      held.clustersRevision === clustersRevision &&
      held.active === active
    )
      return held.queue;
    const made = this.#apply(study, active);
    this.#held.set(study.dir, { revision, clustersRevision, active, queue: made });
    return made;
  }

  /** Makes a study's facts before they are asked for, so that a filter or an order finds them there. */
  async prepare(study: OpenStudy): Promise<void> {
    const { dir } = study;
    if (study.loading) return;
    const running = this.#preparing.has(dir);
    this.#preparing.set(dir, running);
    if (running) return;
    try {
      await this.facts(study);
    } finally {
      const changed = this.#preparing.get(dir) === true;
      this.#preparing.delete(dir);
      if (changed) void this.prepare(study);
    }
  }

  /** How many questions a view holds now. */
  async count(study: OpenStudy, view: View): Promise<number> {
    return (await this.#queue(study, view)).ids.length;
  }

  /** What every question is sorted and filtered by; of answers that are still being read nothing is told. */
  async facts(study: OpenStudy): Promise<QuestionFacts[]> {
    return (await this.#facts.of(study)).map(({ facts }) => facts);
  }

  /** The same with what a study's row counts. */
  questions(study: OpenStudy): Promise<readonly KnownQuestion[]> {
    return this.#facts.of(study);
  }

  /** Whether the facts of one question are known as it is now. */
  isKnown(study: OpenStudy, questionId: string): boolean {
    return this.#facts.known(study, questionId) !== undefined;
  }

  factsOf(study: OpenStudy, question: QuestionEntry): QuestionFacts {
    return this.#facts.one(study, question).facts;
  }

  async #apply(study: OpenStudy, active: ActiveView): Promise<StudyQueue> {
    const seen = this.#seen(study, active);
    const plain = isPlain(seen);
    const { ids, audit } = plain
      ? { ids: [...study.index.questions.keys()], audit: new Set<string>() }
      : withPlaces(
          await this.#queue(study, seen.view),
          [...(this.#stands.get(study.dir)?.values() ?? [])],
          study.index.questions,
        );
    return {
      ids,
      places: new Map(ids.map((id, place) => [id, place])),
      audit,
      active,
      title: plain ? undefined : viewTitle(seen),
    };
  }

  /** A view of which something is hidden is not the one of that name. */
  #seen({ blind }: OpenStudy, active: ActiveView): ActiveView {
    if (!blind) return active;
    const view = blindView(active.view, this.#ports.reviewer());
    return view === active.view ? active : { view };
  }

  async #queue(study: OpenStudy, view: View) {
    const { seed, audit_rate } = (study.config ?? studyConfigSchema.parse({})).review;
    const facts = await this.facts(study);
    const me = this.#ports.reviewer();
    await this.#ports.slices.pause();
    return queue(facts, study.blind ? blindView(view, me) : view, {
      me,
      seed,
      // A mere order of all questions is no queue to be watched over.
      auditRate: Object.keys(view.filter).length > 0 ? audit_rate : 0,
    });
  }
}

/** What was walked stands before the question that came next, where it is in the queue no more. */
function withPlaces(
  found: Queue,
  places: readonly QueuePlace[],
  questions: ReadonlyMap<string, unknown>,
): Queue {
  const ids = [...found.ids];
  const audit = new Set(found.audit);
  for (const place of places) {
    const there = new Set(ids);
    const gone = place.walked.filter((id) => !there.has(id) && questions.has(id));
    const next = place.next.find((id) => there.has(id));
    ids.splice(next === undefined ? ids.length : ids.indexOf(next), 0, ...gone);
    for (const id of place.audit) if (gone.includes(id)) audit.add(id);
  }
  return { ids, audit };
}
