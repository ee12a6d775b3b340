import * as vscode from 'vscode';
import { cancelledByUser } from '../errorReporter.ts';
import type { Runs } from '../run/runs.ts';

/** Cancels the run under way; of several the one that the user picks. */
export async function cancelRun(runs: Runs): Promise<void> {
  const { active } = runs;
  const [first, ...others] = active;
  if (!first) return;
  if (others.length === 0) {
    runs.cancel(first.dir, first.verb);
    return;
  }
  const picked = await vscode.window.showQuickPick(
    active.map((run) => ({ label: run.title, run })),
    { title: 'Cancel which run?' },
  );
  if (!picked) throw cancelledByUser();
  runs.cancel(picked.run.dir, picked.run.verb);
}
