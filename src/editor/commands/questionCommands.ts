import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { SealongError } from '../../errors.ts';
import { isolatedText } from '../../protocol/hiddenCharacters.ts';
import { overrideSides } from '../../preference/recordDecision.ts';
import type { PanelAction } from '../../protocol/panel.ts';
import type { Problem } from '../../records/jsonl.ts';
import { viewSchema } from '../../review/view.ts';
import type { Decisions } from '../decisions.ts';
import type { StudyDocuments } from '../documents/studyDocuments.ts';
import { cancelledByUser } from '../errorReporter.ts';
import { shownState } from '../shownState.ts';
import type { QuestionPanels } from '../panels/questionPanels.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import type { StudyStore } from '../store/studyStore.ts';
import type { Queues } from '../queue/queues.ts';
import { trajectoryNumber } from '../tree/row.ts';
import type { Targets } from './targets.ts';

/** As package.json has it for keys with Alt. */
const AT_ONCE = 'atOnce';

export interface QuestionCommandPorts {
  store: StudyStore;
  queues: Queues;
  targets: Targets;
  panels: QuestionPanels;
  documents: StudyDocuments;
  decisions: Decisions;
  reviewer: () => string;
}

const BY_MARGIN = viewSchema.parse({ sort: [{ by: 'margin' }] });
const TO_REVIEW = viewSchema.parse({ title: 'To review', filter: { not_reviewed_by: 'me' } });

/** The commands about questions and their trajectories: looking at them, and deciding. */
export class QuestionCommands {
  readonly #ports: QuestionCommandPorts;

  constructor(ports: QuestionCommandPorts) {
    this.#ports = ports;
  }

  async openQuestion(argument: unknown): Promise<void> {
    const { study, questionId } = await this.#ports.targets.question(argument);
    this.#ports.panels.open(study.dir, questionId);
  }

  async openBeside(argument: unknown): Promise<void> {
    const { study, questionId } = await this.#ports.targets.question(argument);
    this.#ports.panels.openBeside(study.dir, questionId);
  }

  /**
   * The question where the method is least sure; the tree then goes on from it by margin. Blind, where nobody is to know
   * which one that is, what is left to review in the order of the file.
   */
  async openSmallestMargin(study: OpenStudy): Promise<void> {
    const { queues } = this.#ports;
    await queues.use(study.dir, { view: study.blind ? TO_REVIEW : BY_MARGIN });
    const [first] = (await queues.of(study)).ids;
    if (study.blind && first === undefined)
      throw new SealongError('empty_queue', `You have reviewed every question of ${study.name}.`);
    if (first === undefined || (!study.blind && study.state(first).pair.margin === undefined))
      throw new SealongError(
        'not_scored',
        `No question of ${study.name} has a margin yet. Sample and score it first.`,
      );
    this.#ports.panels.open(study.dir, first);
  }

  /** @param how `AT_ONCE` for a key that no text is typed with. */
  async navigate(by: 1 | -1, how?: unknown): Promise<void> {
    const panel = this.#ports.panels.active;
    if (!panel) throw new SealongError('no_question', 'No question is open. Open one first.');
    if (how === AT_ONCE || !panel.ask(by > 0 ? 'next' : 'previous')) await panel.navigate(by);
  }

  async openTrajectory(argument: unknown): Promise<void> {
    const node = this.#ports.targets.trajectory(argument);
    if (!node)
      throw new SealongError('no_trajectory', 'Select a trajectory in the tree of studies first.');
    await this.showTrajectory(node.dir, node.questionId, node.index);
  }

  async showTrajectory(dir: string, questionId: string, index: number): Promise<void> {
    const uri = this.#ports.documents.trajectoryUri(this.#study(dir), questionId, index);
    await this.#show(uri);
  }

  async openContext(argument: unknown): Promise<void> {
    const { dir, questionId } = this.#ports.targets.shownQuestion(argument);
    await this.showContext(dir, questionId);
  }

  async showContext(dir: string, questionId: string): Promise<void> {
    await this.#show(this.#ports.documents.contextUri(this.#study(dir), questionId));
  }

  async showDiff(dir: string, questionId: string, left: number, right: number): Promise<void> {
    const study = this.#study(dir);
    const [first, second] = [left, right].map((index) =>
      this.#ports.documents.trajectoryUri(study, questionId, index),
    );
    await vscode.commands.executeCommand(
      'vscode.diff',
      first,
      second,
      `${isolatedText(questionId)}: ${trajectoryNumber(left)} \u2194 ${trajectoryNumber(right)}`,
      { viewColumn: vscode.ViewColumn.Active, preview: true },
    );
  }

  /** Passes an action on to the panel that has the focus, or had it last. */
  act(action: PanelAction): void {
    const panel = this.#ports.panels.active;
    if (!panel) throw new SealongError('no_question', 'No question is open. Open one first.');
    panel.send({ type: 'action', action });
  }

  /** On a row of the tree at once; in the panel for the row that has its focus. */
  async override(side: 'chosen' | 'rejected', argument: unknown): Promise<void> {
    const node = this.#ports.targets.trajectory(argument);
    if (!node) {
      const panel = this.#ports.panels.active;
      if (!panel)
        throw new SealongError(
          'no_trajectory',
          'Select a trajectory in the tree of studies first.',
        );
      panel.send({ type: 'action', action: side === 'chosen' ? 'choose' : 'reject' });
      return;
    }
    const { dir, questionId, index } = node;
    const seen = shownState(this.#study(dir), questionId, this.#ports.reviewer());
    const sides = overrideSides(seen, side, index);
    if (!sides)
      throw new SealongError(
        'no_change',
        `Trajectory ${index} of ${questionId} is ${side} already.`,
      );
    await this.#ports.decisions.decide(dir, questionId, { kind: 'override', ...sides });
  }

  async takeBack(kind: 'undo' | 'redo', argument: unknown): Promise<void> {
    const { dir, questionId } = this.#ports.targets.shownQuestion(argument);
    const { active } = this.#ports.panels;
    // What is on screen was seen in a queue, for some time: that is kept with the decision.
    if (active?.dir === dir && active.questionId === questionId) {
      if (!active.ask(kind)) await active.takeBack(kind);
    } else await this.#ports.decisions.decide(dir, questionId, { kind });
  }

  async showProblems(study: OpenStudy): Promise<void> {
    const [first, ...others] = study.problems;
    if (!first) {
      void vscode.window.showInformationMessage(`No problems are known of ${study.name}.`);
      return;
    }
    const problem = others.length === 0 ? first : await pickProblem(study.problems);
    const path = isAbsolute(problem.file) ? problem.file : join(study.dir, problem.file);
    const at = new vscode.Position(Math.max(0, problem.line - 1), 0);
    await vscode.window.showTextDocument(vscode.Uri.file(path), {
      selection: new vscode.Range(at, at),
      preview: true,
    });
  }

  async #show(uri: vscode.Uri): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, {
      preview: true,
      // Beside an open panel, so that both can be read.
      viewColumn: this.#ports.panels.active?.panel.active
        ? vscode.ViewColumn.Beside
        : vscode.ViewColumn.Active,
    });
  }

  #study(dir: string): OpenStudy {
    const study = this.#ports.store.study(dir);
    if (study) return study;
    throw new SealongError('no_study', `${dir} is no study any more.`);
  }
}

async function pickProblem(problems: readonly Problem[]): Promise<Problem> {
  const picked = await vscode.window.showQuickPick(
    problems.map((problem) => ({
      label: problem.message,
      description: `${vscode.workspace.asRelativePath(problem.file)}, line ${problem.line}`,
      problem,
    })),
    { title: 'Problems', matchOnDescription: true },
  );
  if (!picked) throw cancelledByUser();
  return picked.problem;
}
