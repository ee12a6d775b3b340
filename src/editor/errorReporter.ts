import * as vscode from 'vscode';
import { SealongError, messageOf } from '../errors.ts';
import { commandId, type CommandName } from './commands/commandTable.ts';
import { revealSetting } from './settings.ts';

export interface Step {
  label: string;
  run: () => unknown;
}

const CLUSTERS: Step = { label: 'Open Settings', run: () => revealSetting('clusters') };

/** What a notification offers besides the log, by the error's code: the first step of its remedy. */
const REMEDIES: Partial<Record<string, Step>> = {
  no_endpoint: remedy('Select Endpoint', 'selectEndpoint'),
  server_unreachable: remedy('Select Endpoint', 'selectEndpoint'),
  not_found: remedy('Select Endpoint', 'selectEndpoint'),
  unauthorized: remedy('Set API Key', 'setApiKey'),
  no_questions: remedy('Import Questions', 'importQuestions'),
  no_trajectories: remedy('Sample Trajectories', 'sample'),
  no_cluster: CLUSTERS,
  bad_cluster: CLUSTERS,
  untrusted: {
    label: 'Manage Workspace Trust',
    run: () => vscode.commands.executeCommand('workbench.trust.manage'),
  },
};

/** The one place where errors become notifications. An abort is what the user asked for, and is silent. */
export class ErrorReporter {
  readonly #log: vscode.LogOutputChannel;

  constructor(log: vscode.LogOutputChannel) {
    this.#log = log;
  }

  /**
   * @param doing what failed, for the log.
   * @param step offered besides the log and the remedy.
   */
  report(error: unknown, doing: string, step?: Step): void {
    if (isAbort(error)) {
      this.#log.info(`${doing}: cancelled`);
      return;
    }
    const expected = error instanceof SealongError;
    // What the user did not want to answer is no failure, but they are told what became of it.
    const chosen = expected && error.code === 'not_answered';
    const logged = `${doing}: ${expected ? `${error.message} (${error.code})` : stackOf(error)}`;
    if (chosen) this.#log.info(logged);
    else this.#log.error(logged);
    const message = expected
      ? error.message
      : `SeaLong met an unexpected error: ${messageOf(error)}`;
    const steps = [expected ? REMEDIES[error.code] : undefined, step];
    void this.#show(
      message,
      steps.filter((offered) => offered !== undefined),
      chosen,
    );
  }

  async #show(message: string, steps: readonly Step[], chosen: boolean): Promise<void> {
    const offered = [
      ...steps,
      {
        label: 'Show Log',
        run: () => {
          this.#log.show();
        },
      },
    ];
    const labels = offered.map(({ label }) => label);
    const picked = await (chosen
      ? vscode.window.showInformationMessage(message, ...labels)
      : vscode.window.showErrorMessage(message, ...labels));
    try {
      await offered.find(({ label }) => label === picked)?.run();
    } catch (error) {
      this.report(error, picked ?? 'Notification');
    }
  }
}

/** Thrown where the user closed a question of a command: the command ends without a word. */
export function cancelledByUser(): Error {
  return new DOMException('Cancelled.', 'AbortError');
}

function isAbort(error: unknown): boolean {
  return (
    error instanceof vscode.CancellationError ||
    (error instanceof Error && error.name === 'AbortError')
  );
}

function remedy(label: string, name: CommandName): Step {
  return { label, run: () => vscode.commands.executeCommand(commandId(name)) };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
