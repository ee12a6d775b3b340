import * as vscode from 'vscode';
import { SealongError, messageOf } from '../../errors.ts';
import type { DecisionCircumstances, DecisionRequest } from '../../preference/recordDecision.ts';
import { meanLengthGap } from '../../preference/meanLengthGap.ts';
import { looksAtClusters } from '../../review/view.ts';
import { isolatedText } from '../../protocol/hiddenCharacters.ts';
import type { BoundKeys, PanelAction, PanelRequest, ToPanel } from '../../protocol/panel.ts';
import type { Queues, StudyQueue } from '../queue/queues.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import type { StudyStore } from '../store/studyStore.ts';
import { fromPanelSchema, numberedSchema } from './panelMessages.ts';
import { panelContext } from './panelContext.ts';
import type { PanelPlaces } from './panelPlaces.ts';
import type { QuestionLoader } from './questionLoader.ts';
import { saveReportFile } from './reportFile.ts';
import { ViewClock } from './viewClock.ts';

/** What a panel needs of the rest of the editor. */
export interface QuestionPanelPorts {
  store: StudyStore;
  /** What next and previous walk. */
  queues: Queues;
  loader: QuestionLoader;
  places: PanelPlaces;
  decide: (dir: string, questionId: string, request: DecisionRequest) => Promise<void>;
  openTrajectory: (dir: string, questionId: string, index: number) => Promise<void>;
  openDiff: (dir: string, questionId: string, left: number, right: number) => Promise<void>;
  openContext: (dir: string, questionId: string) => Promise<void>;
  /** Shows the rules that find answers, from one of them on. */
  showAnswerRules: (dir: string, rule: string | undefined) => void;
  /** Keys that are bound to the panel's actions. */
  keys: () => Promise<BoundKeys>;
  /** The panel now shows this question. */
  shown: (dir: string, questionId: string) => void;
  /** Anything that went wrong outside a request. */
  failed: (error: unknown) => void;
}

/** Questions before and behind the one shown whose place in the queue is kept over a reload. */
const KEPT = 8;

/** What a panel shows first. */
export interface PanelSubject {
  dir: string;
  questionId: string;
  /** Names the panel, also after a reload. */
  id: string;
}

/** One open question, walking through its study by next and previous. */
export class QuestionPanel implements vscode.Disposable {
  readonly dir: string;
  readonly panel: vscode.WebviewPanel;
  readonly #ports: QuestionPanelPorts;
  readonly #subscriptions: { dispose: () => unknown }[] = [];
  #questionId: string;
  #ready = false;
  /** Counts what was asked to be shown: an older answer that arrives late is dropped. */
  #version = 0;
  readonly #clock = new ViewClock();
  /** Where the question stands in the queue, from 0; where it is in the queue no more, where it stood. */
  #place = -1;
  readonly #id: string;
  readonly #focused: () => void;

  /** @param focused the page says that it has the focus: before the editor tells, and before a key can come from it. */
  constructor(
    panel: vscode.WebviewPanel,
    of: PanelSubject,
    ports: QuestionPanelPorts,
    focused: () => void,
  ) {
    this.panel = panel;
    this.dir = of.dir;
    this.#focused = focused;
    this.#id = of.id;
    const place = ports.places.of(of.id);
    this.#questionId = place?.questionId ?? of.questionId;
    this.#ports = ports;
    if (place) ports.queues.standAgain(of.dir, of.id, place);
    this.#subscriptions.push(
      panel.webview.onDidReceiveMessage((message: unknown) => {
        void this.#receive(message);
      }),
      ports.store.onDidChange(({ study, questions }) => {
        const concerned = questions === 'all' || questions.has(this.#questionId);
        if (concerned && (!study || study.dir === this.dir)) this.update();
      }),
      ports.queues.onDidChange((dir) => {
        if (dir === this.dir) this.update();
      }),
      panel.onDidChangeViewState(() => {
        this.#clock.setVisible(panel.visible);
        // Keys are bound anew elsewhere in the editor: who comes back may have done so.
        if (panel.active && this.#ready) void this.#sendKeys();
      }),
    );
    this.#setTitle();
    this.#clock.restart(panel.visible);
  }

  get questionId(): string {
    return this.#questionId;
  }

  show(questionId: string): void {
    if (questionId !== this.#questionId) this.#clock.restart(this.panel.visible);
    this.#questionId = questionId;
    this.#setTitle();
    this.#ports.shown(this.dir, questionId);
    this.update();
  }

  /** Sends the question as it stands now. */
  update(): void {
    if (this.#ready) void this.#update().catch(this.#ports.failed);
  }

  send(message: ToPanel): void {
    void this.panel.webview.postMessage(message);
  }

  /**
   * Passes an action on to the page, which alone tells a key from a letter that was typed into a field.
   *
   * @returns false where there is no page to be asked.
   */
  ask(action: PanelAction): boolean {
    if (!this.#ready || !this.panel.visible) return false;
    this.send({ type: 'action', action });
    return true;
  }

  async navigate(by: 1 | -1): Promise<void> {
    const study = this.#study();
    const { queues } = this.#ports;
    let queue = await queues.of(study);
    let next = this.#neighbour(queue, by);
    if (next === undefined && by > 0) {
      // What was decided on the way may have brought others into the view.
      const walked = queue;
      queues.renew(this.dir);
      queue = await queues.of(study);
      next = queue.ids.find((id) => !walked.places.has(id));
    }
    if (next !== undefined) {
      this.show(next);
      return;
    }
    const where = queue.title === undefined ? 'of the study' : `in "${queue.title}"`;
    throw new SealongError(
      'no_more_questions',
      `This is the ${by > 0 ? 'last' : 'first'} question ${where}.`,
    );
  }

  /** Takes back the reviewer's last decision on the question shown, or makes it again. */
  takeBack(kind: 'undo' | 'redo'): Promise<void> {
    return this.#decide(this.#questionId, { kind });
  }

  dispose(): void {
    this.#version = Infinity;
    this.#ports.queues.leave(this.dir, this.#id);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #receive(message: unknown): Promise<void> {
    const parsed = fromPanelSchema.safeParse(message);
    if (!parsed.success) {
      const request = numberedSchema.safeParse(message).data?.request;
      if (request !== undefined)
        this.send({
          type: 'reply',
          request,
          ok: false,
          message: 'The editor did not understand this.',
        });
      return;
    }
    if (parsed.data.type === 'ready') {
      this.#ready = true;
      this.update();
      await this.#sendKeys();
      return;
    }
    if (parsed.data.type === 'listening') {
      const { listening } = parsed.data;
      if (listening) this.#focused();
      await vscode.commands.executeCommand('setContext', 'sealong.panelListening', listening);
      this.send({ type: 'listening', listening });
      return;
    }
    const { request, body } = parsed.data;
    try {
      await this.#handle(body);
      this.send({ type: 'reply', request, ok: true });
    } catch (error) {
      this.send({ type: 'reply', request, ok: false, message: messageOf(error) });
    }
  }

  async #handle(body: PanelRequest): Promise<void> {
    const { dir } = this;
    switch (body.type) {
      case 'override': {
        const { questionId, type: kind, ...override } = body;
        return this.#decide(questionId, { kind, ...override });
      }
      case 'decide':
        return this.#decide(body.questionId, { ...body.decision, order: body.order });
      case 'undo':
      case 'redo':
        return this.#decide(body.questionId, { kind: body.type });
      case 'navigate':
        return this.navigate(body.by);
      case 'openTrajectory':
        return this.#ports.openTrajectory(dir, body.questionId, body.index);
      case 'openDiff':
        return this.#ports.openDiff(dir, body.questionId, body.left, body.right);
      case 'openContext':
        return this.#ports.openContext(dir, body.questionId);
      case 'answerRules':
        // Not awaited: the list stays open for as long as the reviewer likes.
        this.#ports.showAnswerRules(dir, body.rule);
        return;
      case 'context':
        return this.#sendContext(body.questionId);
      case 'save':
        this.#save(body);
        return;
    }
  }

  async #sendKeys(): Promise<void> {
    try {
      this.send({ type: 'keys', keys: await this.#ports.keys() });
    } catch (error) {
      this.#ports.failed(error);
    }
  }

  async #update(): Promise<void> {
    const version = ++this.#version;
    await this.#ports.store.ready;
    const study = this.#ports.store.study(this.dir);
    // While a study is still being read its next change brings the question.
    if (!study?.index.questions.has(this.#questionId)) return;
    const question = await this.#ports.loader.load(study, this.#questionId);
    if (version !== this.#version) return;
    if (question.position.at > 0) this.#place = question.position.at - 1;
    this.send({ type: 'question', question });
    await this.#preload(study);
    if (!question.blind) await this.#sendLengthBias(study, version);
  }

  /** Last, since it looks at every question of the study. */
  async #sendLengthBias(study: OpenStudy, version: number): Promise<void> {
    const facts = await this.#ports.queues.facts(study);
    if (version !== this.#version) return;
    const bias = meanLengthGap(facts);
    if (bias) this.send({ type: 'lengthBias', bias });
  }

  /** Reads the next question while this one is looked at. */
  async #preload(study: OpenStudy): Promise<void> {
    const version = this.#version;
    const queue = await this.#ports.queues.of(study);
    const next = this.#neighbour(queue, 1);
    if (isWhole(study, queue)) this.#keepPlace(queue, next);
    if (next === undefined) return;
    const question = await this.#ports.loader.load(study, next);
    if (version === this.#version) this.send({ type: 'preload', question });
  }

  /** Not awaited: the next question is more urgent. */
  #keepPlace({ ids, places, audit }: StudyQueue, next: string | undefined): void {
    const here = places.get(this.#questionId);
    const from = places.get(next ?? '') ?? ids.length;
    const walked = here === undefined ? [] : ids.slice(Math.max(0, here - KEPT), here + 1);
    const place = {
      questionId: this.#questionId,
      walked,
      audit: walked.filter((id) => audit.has(id)),
      next: ids.slice(from, from + KEPT),
    };
    this.#ports.queues.stand(this.dir, this.#id, place);
    this.#ports.places.keep(this.#id, place).catch(this.#ports.failed);
  }

  #neighbour({ ids, places }: StudyQueue, by: 1 | -1): string | undefined {
    const place = places.get(this.#questionId);
    if (place !== undefined) return ids[place + by];
    // The next one has moved up to where this one was.
    const after = Math.max(0, this.#place);
    return ids[by > 0 ? after : after - 1];
  }

  /** With the circumstances that only the panel knows. */
  async #decide(questionId: string, request: DecisionRequest): Promise<void> {
    const circumstances = await this.#circumstances(questionId);
    await this.#ports.decide(this.dir, questionId, { ...request, ...circumstances });
    // Each decision carries the time since the one before it, or since the question came.
    if (questionId === this.#questionId) this.#clock.restart(this.panel.visible);
  }

  async #circumstances(questionId: string): Promise<DecisionCircumstances> {
    const study = this.#study();
    const { title, audit } = await this.#ports.queues.of(study);
    return {
      ...(title === undefined ? {} : { view: title, audit: audit.has(questionId) }),
      ...(study.blind ? { blind: true } : {}),
      ...(questionId === this.#questionId ? { durationMs: this.#clock.elapsedMs() } : {}),
    };
  }

  async #sendContext(questionId: string): Promise<void> {
    const question = await this.#ports.store.read.question(this.#study(), questionId);
    this.send({ type: 'context', questionId, context: panelContext(question) });
  }

  /** Not awaited: the dialog stays open for as long as the reviewer likes. */
  #save({ questionId, format, data }: Extract<PanelRequest, { type: 'save' }>): void {
    const content = format === 'png' ? Buffer.from(data, 'base64') : data;
    const name = `${questionId.replace(/[^\w.-]+/gu, '-')}-utilities`;
    saveReportFile(this.dir, { name, extension: format, content }).catch(this.#ports.failed);
  }

  #study(): OpenStudy {
    const study = this.#ports.store.study(this.dir);
    if (study) return study;
    throw new SealongError('no_study', `${this.dir} is no study any more. Close this panel.`);
  }

  #setTitle(): void {
    this.panel.title = isolatedText(this.#questionId);
  }
}

/** A queue that is made while its study is read lacks what comes next: where one stands in it is not to be kept. */
function isWhole({ loading, clustersDue }: OpenStudy, { active }: StudyQueue): boolean {
  return !loading && (clustersDue === 0 || !looksAtClusters(active.view));
}
