import { basename } from 'node:path';
import * as vscode from 'vscode';
import { SealongError, messageOf } from '../../errors.ts';
import type { StageOutcome } from '../../protocol/stage.ts';
import { Pace, progressText } from '../../pace.ts';
import { samplingDetails, samplingText } from '../../sampling/progressTexts.ts';
import type { StageProgress } from '../../stage.ts';
import type { StageEnvironment, StageRequest, StageVerb } from '../../stageRequest.ts';
import type { StudyStore } from '../store/studyStore.ts';
import { runTitle } from './runTexts.ts';
import { startStage, type StageRun } from './stageRun.ts';

const REFRESH_MS = 500;
/** Of a summary, in the log: a lineage names every pair. */
const SUMMARY_CHARACTERS = 2_000;

interface ActiveRun {
  dir: string;
  verb: StageVerb;
  title: string;
  run: StageRun;
  pace: Pace;
  progress: StageProgress | undefined;
}

/** What goes on without a run of this window: jobs on clusters. */
export interface Background {
  text: string;
  /** Lines of the tooltip. */
  details: readonly string[];
  /** What a click does. */
  command: string;
}

export interface RunsPorts {
  store: StudyStore;
  /** The stage worker's script. */
  script: URL;
  log: vscode.LogOutputChannel;
  /** Where progress is written. */
  view: { message?: string };
  graceMs?: number;
}

/** The runs of stages under way: at most one a study and verb. Shows how far each has come. */
export class Runs implements vscode.Disposable {
  readonly #ports: RunsPorts;
  readonly #active = new Map<string, ActiveRun>();
  readonly #refreshing = new Map<string, NodeJS.Timeout>();
  readonly #status: vscode.StatusBarItem;
  #background: Background | undefined;
  readonly #changed = new vscode.EventEmitter<void>();
  /** A run began or ended. */
  readonly onDidChange = this.#changed.event;

  constructor(ports: RunsPorts) {
    this.#ports = ports;
    this.#status = vscode.window.createStatusBarItem('sealong.run', vscode.StatusBarAlignment.Left);
    this.#status.name = 'SeaLong Run';
  }

  get active(): readonly { dir: string; verb: StageVerb; title: string }[] {
    return [...this.#active.values()];
  }

  /**
   * Runs a stage to its end, with what it writes shown as it comes.
   *
   * @throws SealongError `busy` where the same runs on this study already.
   */
  async start(request: StageRequest, environment: StageEnvironment): Promise<StageOutcome> {
    const key = keyOf(request.study, request.verb);
    const title = runTitle(request.verb, this.#nameOf(request.study));
    if (this.#active.has(key))
      throw new SealongError('busy', `${title} is under way already. Wait for it, or cancel it.`);
    const active: ActiveRun = {
      dir: request.study,
      verb: request.verb,
      title,
      pace: new Pace(),
      progress: undefined,
      run: startStage({
        script: this.#ports.script,
        request,
        environment,
        ...(this.#ports.graceMs === undefined ? {} : { graceMs: this.#ports.graceMs }),
        listener: {
          progress: (progress) => {
            active.pace.add(progress, performance.now());
            active.progress = progress;
            this.#refreshSoon(request.study);
            this.#show();
          },
          warning: (message) => {
            this.#ports.log.warn(`${title}: ${message}`);
          },
          note: (message) => {
            this.#ports.log.info(`${title}: ${message}`);
          },
        },
      }),
    };
    this.#active.set(key, active);
    this.#ports.log.info(title);
    this.#show();
    this.#changed.fire();
    try {
      const outcome = await vscode.window.withProgress(
        { location: { viewId: 'sealong.studies' }, title },
        () => active.run.outcome,
      );
      // The log is as open to a reviewer as the panels are.
      const blind = this.#ports.store.study(request.study)?.blind === true;
      this.#ports.log.info(
        `${title}: ${outcome.type}`,
        'summary' in outcome && !blind
          ? JSON.stringify(outcome.summary).slice(0, SUMMARY_CHARACTERS)
          : '',
      );
      if (outcome.type === 'failed' && outcome.detail) this.#ports.log.debug(outcome.detail);
      await this.#ports.store.refresh(request.study).catch((error: unknown) => {
        this.#ports.log.warn(`${title}: reading the study again failed: ${messageOf(error)}`);
      });
      return outcome;
    } finally {
      this.#active.delete(key);
      this.#show();
      this.#changed.fire();
    }
  }

  /** What goes on elsewhere is said in the status bar while no run is under way. */
  setBackground(background: Background | undefined): void {
    this.#background = background;
    this.#show();
  }

  cancel(dir: string, verb: StageVerb): void {
    this.#active.get(keyOf(dir, verb))?.run.cancel('user');
  }

  /** Tells every run to stop since the window closes, and waits until all have. */
  async cancelAll(): Promise<void> {
    const runs = [...this.#active.values()].map(({ run }) => run);
    for (const run of runs) run.cancel('window');
    await Promise.all(runs.map(({ outcome }) => outcome));
  }

  dispose(): void {
    this.#status.dispose();
    this.#changed.dispose();
    for (const timer of this.#refreshing.values()) clearTimeout(timer);
  }

  #refreshSoon(dir: string): void {
    if (this.#refreshing.has(dir)) return;
    const timer = setTimeout(() => {
      void this.#ports.store
        .refresh(dir)
        .catch((error: unknown) => {
          this.#ports.log.debug(`Reading ${dir} during a run failed: ${messageOf(error)}`);
        })
        .finally(() => this.#refreshing.delete(dir));
    }, REFRESH_MS);
    this.#refreshing.set(dir, timer);
  }

  #show(): void {
    const runs = [...this.#active.values()];
    const [first] = runs;
    if (!first) {
      this.#ports.view.message = '';
      this.#showBackground();
      return;
    }
    // One paragraph: the view shows line breaks as spaces.
    this.#ports.view.message = runs.map(longLine).join(' — ');
    const line = runLine(first);
    const more = runs.length > 1 ? ` (+${runs.length - 1})` : '';
    this.#status.text = `$(sync~spin) ${line}${more}`;
    this.#status.accessibilityInformation = { label: `${line}${more}`, role: 'button' };
    this.#status.tooltip = tooltipOf(runs);
    this.#status.command = 'sealong.cancelRun';
    this.#status.show();
  }

  #showBackground(): void {
    if (!this.#background) {
      this.#status.hide();
      return;
    }
    const { text, details, command } = this.#background;
    this.#status.text = `$(server-process) ${text}`;
    this.#status.accessibilityInformation = { label: text, role: 'button' };
    const tooltip = new vscode.MarkdownString();
    for (const detail of details) tooltip.appendText(detail).appendMarkdown('\n\n');
    this.#status.tooltip = tooltip;
    this.#status.command = command;
    this.#status.show();
  }

  #nameOf(dir: string): string {
    return this.#ports.store.study(dir)?.name ?? basename(dir);
  }
}

function keyOf(dir: string, verb: StageVerb): string {
  return `${verb} ${dir}`;
}

function runLine({ title, progress, pace }: ActiveRun): string {
  return progress ? `${title}: ${progressText(progress, pace)}` : `${title} ...`;
}

/** The line, and after it what goes on with the server. */
function longLine(run: ActiveRun): string {
  const more = run.progress ? samplingText(run.progress, run.pace) : '';
  return more === '' ? runLine(run) : `${runLine(run)} · ${more}`;
}

/** Names of hosts and kinds of errors come from elsewhere: they are shown as text. */
function tooltipOf(runs: readonly ActiveRun[]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString('', true);
  for (const { title, progress, pace } of runs) {
    markdown.appendMarkdown('**').appendText(title).appendMarkdown('**\n\n');
    if (!progress) continue;
    markdown.appendMarkdown('| | |\n| --- | --- |\n');
    for (const { term, value } of samplingDetails(progress, pace, Date.now()))
      markdown
        .appendMarkdown('| ')
        .appendText(term)
        .appendMarkdown(' | ')
        .appendText(value)
        .appendMarkdown(' |\n');
    markdown.appendMarkdown('\n');
  }
  return markdown.appendMarkdown('$(stop-circle) Click to cancel: what is done is kept.');
}
