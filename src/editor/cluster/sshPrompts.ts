import * as vscode from 'vscode';
import type { AskUser } from '../../cluster/ssh/askpassServer.ts';
import type { SshQuestion } from '../../cluster/ssh/sshQuestion.ts';

/** Questions of ssh as the editor's own boxes. Nothing that is typed is kept or written to the log. */
export const askInEditor: AskUser = async (question, signal) => {
  switch (question.type) {
    case 'secret':
      return askSecret(question, signal);
    case 'hostKey':
      return askHostKey(question);
    case 'confirm':
      return confirm(`ssh to ${question.host}`, question.what, 'Yes');
    case 'notice':
      return showNotice(question, signal);
  }
};

/** The box goes away by itself where ssh gives up waiting. */
function askSecret(
  { host, what, again }: Extract<SshQuestion, { type: 'secret' }>,
  signal: AbortSignal,
): Promise<string | null> {
  const box = vscode.window.createInputBox();
  box.title = `ssh to ${host}`;
  box.placeholder = what.replace(/:$/, '');
  box.prompt = `${box.placeholder}. It goes to ssh alone, and is not kept.`;
  box.password = true;
  if (again)
    box.validationMessage = `${host} did not take what was typed. Type it again, or press Escape to stop.`;
  box.ignoreFocusOut = true;
  return new Promise((resolve) => {
    const end = (answer: string | null) => {
      resolve(answer);
      box.dispose();
    };
    box.onDidChangeValue(() => {
      box.validationMessage = undefined;
    });
    box.onDidAccept(() => {
      end(box.value);
    });
    box.onDidHide(() => {
      end(null);
    });
    signal.addEventListener('abort', () => {
      end(null);
    });
    box.show();
  });
}

async function askHostKey({
  host,
  address,
  keyType,
  fingerprint,
}: Extract<SshQuestion, { type: 'hostKey' }>): Promise<string | null> {
  const copy = 'Copy Fingerprint';
  const trust = 'Trust This Key and Connect';
  const detail = `${address} shows a host key that is not in your known_hosts:\n\n${keyType} ${fingerprint}\n\nCompare it with the fingerprint that your cluster publishes. If it is another, somebody may be listening in: do not connect.`;
  for (;;) {
    const picked = await vscode.window.showWarningMessage(
      `Connect to ${host} for the first time?`,
      { modal: true, detail },
      // The editor puts the focus on the first: Enter alone trusts nobody.
      copy,
      trust,
    );
    if (picked !== copy) return picked === trust ? 'yes' : null;
    await vscode.env.clipboard.writeText(fingerprint);
  }
}

async function confirm(message: string, detail: string, yes: string): Promise<string | null> {
  const picked = await vscode.window.showWarningMessage(message, { modal: true, detail }, yes);
  return picked === yes ? 'yes' : null;
}

/** ssh ends the program that shows it once the key was touched. */
async function showNotice(
  { host, what }: Extract<SshQuestion, { type: 'notice' }>,
  signal: AbortSignal,
): Promise<null> {
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `ssh to ${host}: ${what}` },
    () =>
      new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => {
          resolve();
        });
      }),
  );
  return null;
}
