import * as vscode from 'vscode';
import { SealongError } from '../../errors.ts';
import { isolatedText } from '../../protocol/hiddenCharacters.ts';
import { cancelledByUser } from '../errorReporter.ts';
import type { QuestionPanels } from '../panels/questionPanels.ts';
import type { Queues } from '../queue/queues.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import type { StudyStore } from '../store/studyStore.ts';
import { isNode, type Node } from '../tree/nodes.ts';
import { SelectedStudy } from '../tree/selectedStudy.ts';

/** What the buttons of "Next Step" give to their commands: the study that this view speaks of. */
const NEXT_STEP = 'nextStep';

export interface QuestionTarget {
  study: OpenStudy;
  questionId: string;
}

/** What a command acts on: what it was called on, else what the user is looking at, else what they pick. */
export class Targets {
  readonly #store: StudyStore;
  readonly #queues: Queues;
  readonly #view: vscode.TreeView<Node>;
  readonly #panels: QuestionPanels;
  readonly #selected: SelectedStudy;
  #last: string | undefined;

  constructor(ports: {
    store: StudyStore;
    queues: Queues;
    view: vscode.TreeView<Node>;
    panels: QuestionPanels;
  }) {
    this.#store = ports.store;
    this.#queues = ports.queues;
    this.#view = ports.view;
    this.#panels = ports.panels;
    this.#selected = new SelectedStudy(ports.view);
  }

  /** The study that the user is at, without asking; the first where nothing says which. */
  current(): OpenStudy | undefined {
    const dir = this.#selected.dir ?? this.#panels.active?.dir ?? this.#last;
    return (dir === undefined ? undefined : this.#store.study(dir)) ?? this.#store.studies()[0];
  }

  /** @throws SealongError `no_study`; an abort where the user picks none. */
  async study(argument: unknown): Promise<OpenStudy> {
    await this.#store.ready;
    const study = this.#named(argument) ?? (await this.#onlyOrPicked());
    this.#last = study.dir;
    return study;
  }

  async question(argument: unknown): Promise<QuestionTarget> {
    if (isNode(argument) && 'questionId' in argument)
      return { study: await this.study(argument), questionId: argument.questionId };
    return this.#pickQuestion(await this.study(argument));
  }

  /** The question that is shown, or was clicked on; without asking. */
  shownQuestion(argument: unknown): { dir: string; questionId: string } {
    const node = isNode(argument) ? argument : this.#focusedNode();
    if (node && 'questionId' in node) return { dir: node.dir, questionId: node.questionId };
    const { active } = this.#panels;
    if (active) return { dir: active.dir, questionId: active.questionId };
    throw new SealongError('no_question', 'No question is open. Open one from the tree first.');
  }

  /** The trajectory that was clicked on or is selected in the tree. */
  trajectory(argument: unknown): Extract<Node, { type: 'trajectory' }> | undefined {
    const node = isNode(argument) ? argument : this.#focusedNode();
    return node?.type === 'trajectory' ? node : undefined;
  }

  #focusedNode(): Node | undefined {
    return this.#panels.active?.panel.active === true ? undefined : this.#view.selection[0];
  }

  #named(argument: unknown): OpenStudy | undefined {
    if (argument === NEXT_STEP) return this.current();
    const dir = isNode(argument) ? argument.dir : undefined;
    return dir === undefined ? undefined : this.#store.study(dir);
  }

  async #onlyOrPicked(): Promise<OpenStudy> {
    const studies = this.#store.studies();
    const [first, ...others] = studies;
    if (!first)
      throw new SealongError(
        'no_study',
        'There is no study in this workspace. Create one with "SeaLong: Create Study".',
      );
    const dir = this.#selected.dir ?? this.#panels.active?.dir;
    const looking = dir === undefined ? undefined : this.#store.study(dir);
    if (looking) return looking;
    if (others.length === 0) return first;
    const picked = await vscode.window.showQuickPick(
      studies.map((study) => ({
        label: study.name,
        description: vscode.workspace.asRelativePath(study.uri),
        study,
      })),
      { title: 'Which study?', matchOnDescription: true },
    );
    if (!picked) throw cancelledByUser();
    return picked.study;
  }

  async #pickQuestion(study: OpenStudy): Promise<QuestionTarget> {
    const { ids } = await this.#queues.of(study);
    const picked = await vscode.window.showQuickPick(
      ids.map((id) => ({
        label: isolatedText(id),
        description: isolatedText(study.index.questions.get(id)?.question ?? ''),
        questionId: id,
      })),
      { title: `Open a question of ${study.name}`, matchOnDescription: true },
    );
    if (!picked) throw cancelledByUser();
    return { study, questionId: picked.questionId };
  }
}
