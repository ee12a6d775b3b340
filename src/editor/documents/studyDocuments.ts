import * as vscode from 'vscode';
import { SealongError, messageOf } from '../../errors.ts';
import { shownNumbers, shownState } from '../shownState.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import type { StudyChange, StudyStore } from '../store/studyStore.ts';
import { ContextStructure } from './contextStructure.ts';
import {
  DOCUMENT_SCHEME,
  documentTarget,
  documentUriParts,
  type DocumentTarget,
} from './documentUri.ts';
import { trajectoryText } from './trajectoryText.ts';

/** Read-only documents of the scheme `sealong`: a trajectory, or the context of a question, read from disk when opened. */
export class StudyDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly onDidChange: vscode.Event<vscode.Uri>;
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();
  readonly #store: StudyStore;
  readonly #reviewer: () => string;
  /** Documents asked for and not closed since, by address. */
  readonly #open = new Map<string, { uri: vscode.Uri; target: DocumentTarget }>();
  readonly #disposables: readonly { dispose: () => unknown }[];

  /** @param reviewer who looks: a study that is reviewed blind hides the rest from them. */
  constructor(store: StudyStore, reviewer: () => string) {
    this.#store = store;
    this.#reviewer = reviewer;
    this.onDidChange = this.#changes.event;
    const context = { scheme: DOCUMENT_SCHEME, language: 'sealong-context' };
    const structure = new ContextStructure(async (uri) => this.#titles(uri));
    this.#disposables = [
      this.#changes,
      vscode.workspace.registerTextDocumentContentProvider(DOCUMENT_SCHEME, this),
      vscode.languages.registerDocumentSymbolProvider(context, structure, { label: 'Passages' }),
      vscode.languages.registerFoldingRangeProvider(context, structure),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#open.delete(uri.toString())),
      store.onDidChange((change) => {
        this.#changed(change);
      }),
    ];
  }

  trajectoryUri(study: OpenStudy, questionId: string, index: number): vscode.Uri {
    return uriOf({ type: 'trajectory', dir: study.dir, questionId, index }, study);
  }

  contextUri(study: OpenStudy, questionId: string): vscode.Uri {
    return uriOf({ type: 'context', dir: study.dir, questionId }, study);
  }

  /** What cannot be shown says so in the document itself: an editor that was restored has no other place for it. */
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const target = documentTarget(uri);
    if (!target) return `This address is no document of SeaLong: ${uri.toString(true)}\n`;
    this.#open.set(uri.toString(), { uri, target });
    try {
      return await this.#text(target);
    } catch (error) {
      return `${messageOf(error)}\n`;
    }
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  async #text(target: DocumentTarget): Promise<string> {
    const study = await this.#study(target.dir);
    const question = await this.#store.read.question(study, target.questionId);
    if (target.type === 'context') return question.context;
    const find = () => {
      const state = shownState(study, target.questionId, this.#reviewer());
      return { state, entry: state.trajectories.find(({ index }) => index === target.index) };
    };
    let { state, entry } = find();
    if (!entry) {
      await this.#store.refresh(study.dir);
      ({ state, entry } = find());
    }
    if (!entry)
      throw new SealongError(
        'no_trajectory',
        `Question ${target.questionId} of ${study.name} has no trajectory ${target.index} with the present sampling parameters.`,
      );
    const numbers = shownNumbers(study, target.questionId, this.#reviewer());
    const index = numbers?.actual(entry.index) ?? entry.index;
    const record = await this.#store.read.trajectory(study, { ...entry, index });
    return trajectoryText(question.question, record, entry, { state, blind: study.blind });
  }

  /** Also for an editor that was restored before the workspace was looked through. */
  async #study(dir: string): Promise<OpenStudy> {
    const known = this.#store.study(dir);
    if (known) return known;
    await this.#store.ready;
    const found = this.#store.study(dir);
    if (found) return found;
    throw new SealongError(
      'no_study',
      `The study ${dir} is not in this workspace. Open its folder to see this document.`,
    );
  }

  async #titles(uri: vscode.Uri): Promise<string[]> {
    const target = documentTarget(uri);
    const study = target && this.#store.study(target.dir);
    if (!study) return [];
    const { documents } = await this.#store.read.question(study, target.questionId);
    return documents.map(({ title }) => title);
  }

  #changed({ study, questions }: StudyChange): void {
    for (const { uri, target } of this.#open.values()) {
      if (study && study.dir !== target.dir) continue;
      if (questions === 'all' || questions.has(target.questionId)) this.#changes.fire(uri);
    }
  }
}

function uriOf(target: DocumentTarget, study: OpenStudy): vscode.Uri {
  return vscode.Uri.from(documentUriParts(target, study.name));
}
