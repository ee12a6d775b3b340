import * as vscode from 'vscode';
import { SealongError, messageOf } from '../../errors.ts';
import { scoresByScorer } from '../../evaluation/questionAgreement.ts';
import type { DecisionRequest } from '../../preference/recordDecision.ts';
import type { PanelQuestion, PanelRequest, ToPanel } from '../../protocol/panel.ts';
import { isFailed } from '../../study/entries.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import type { StudyStore } from '../store/studyStore.ts';
import { fromPanelSchema, numberedSchema } from './panelMessages.ts';
import { panelContext } from './panelContext.ts';
import { panelQuestion } from './panelQuestion.ts';
import { saveReportFile } from './reportFile.ts';

/** What a panel needs of the rest of the editor. */
export interface QuestionPanelPorts {
  store: StudyStore;
  /** Question ids in the order of the tree. */
  order: (study: OpenStudy) => Promise<readonly string[]>;
  decide: (dir: string, questionId: string, request: DecisionRequest) => Promise<void>;
  openTrajectory: (dir: string, questionId: string, index: number) => Promise<void>;
  openContext: (dir: string, questionId: string) => Promise<void>;
  /** The panel now shows this question. */
  shown: (dir: string, questionId: string) => void;
  reviewer: () => string;
  readOnly: () => string | null;
  /** Anything that went wrong outside a request. */
  failed: (error: unknown) => void;
}

/** One open question, walking through its study by next and previous. */
export class QuestionPanel implements vscode.Disposable {
  readonly dir: string;
  readonly panel: vscode.WebviewPanel;
  readonly #ports: QuestionPanelPorts;
  readonly #subscriptions: vscode.Disposable[] = [];
  #questionId: string;
  #ready = false;
  /** Counts what was asked to be shown: an older answer that arrives late is dropped. */
  #version = 0;

  constructor(
    panel: vscode.WebviewPanel,
    of: { dir: string; questionId: string },
    ports: QuestionPanelPorts,
  ) {
    this.panel = panel;
    this.dir = of.dir;
    this.#questionId = of.questionId;
    this.#ports = ports;
    this.#subscriptions.push(
      panel.webview.onDidReceiveMessage((message: unknown) => {
        void this.#receive(message);
      }),
      ports.store.onDidChange(({ study, questions }) => {
        const concerned = questions === 'all' || questions.has(this.#questionId);
        if (concerned && (!study || study.dir === this.dir)) this.update();
      }),
    );
    this.#setTitle();
  }

  get questionId(): string {
    return this.#questionId;
  }

  show(questionId: string): void {
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

  async navigate(by: 1 | -1): Promise<void> {
    const study = this.#study();
    const ids = await this.#ports.order(study);
    const at = ids.indexOf(this.#questionId);
    const next = ids[at + by];
    if (next !== undefined) this.show(next);
    else
      throw new SealongError(
        'no_more_questions',
        by > 0
          ? 'This is the last question of the study.'
          : 'This is the first question of the study.',
      );
  }

  dispose(): void {
    this.#version = Infinity;
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
        return this.#ports.decide(dir, questionId, { kind, ...override });
      }
      case 'undo':
      case 'redo':
        return this.#ports.decide(dir, body.questionId, { kind: body.type });
      case 'navigate':
        return this.navigate(body.by);
      case 'openTrajectory':
        return this.#ports.openTrajectory(dir, body.questionId, body.index);
      case 'openContext':
        return this.#ports.openContext(dir, body.questionId);
      case 'context':
        return this.#sendContext(body.questionId);
      case 'save':
        this.#save(body);
        return;
    }
  }

  async #update(): Promise<void> {
    const version = ++this.#version;
    await this.#ports.store.ready;
    const study = this.#ports.store.study(this.dir);
    // While a study is still being read its next change brings the question.
    if (!study?.index.questions.has(this.#questionId)) return;
    const question = await this.#build(study);
    if (version === this.#version) this.send({ type: 'question', question });
  }

  async #build(study: OpenStudy): Promise<PanelQuestion> {
    const { store } = this.#ports;
    const state = study.state(this.#questionId);
    const [question, ids, matrix, texts] = await Promise.all([
      store.read.question(study, this.#questionId),
      this.#ports.order(study),
      state.score?.matrix ? store.read.matrix(study, state.score) : undefined,
      Promise.all(
        state.trajectories.map(async (entry): Promise<[number, string]> => {
          if (isFailed(entry)) {
            const { error, text } = await store.read.trajectory(study, entry);
            return [entry.index, error ?? text];
          }
          return [entry.index, (await store.read.trajectory(study, entry)).text];
        }),
      ),
    ]);
    return panelQuestion({
      study: study.dir,
      question,
      state,
      selection: study.selection,
      texts: new Map(texts),
      matrix,
      scores: scoresByScorer(study.index, study.config, {
        questionId: this.#questionId,
        sampling: study.selection.sampling,
      }),
      expected: study.config?.sampling.n ?? state.trajectories.length,
      position: { at: ids.indexOf(this.#questionId) + 1, of: ids.length },
      reviewer: this.#ports.reviewer(),
      readOnly: this.#ports.readOnly(),
    });
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
    this.panel.title = this.#questionId;
  }
}
