import * as vscode from 'vscode';
import type { Cluster } from '../../cluster/clusterProfile.ts';
import { openCluster, type ClusterAccess } from '../../cluster/connect.ts';
import { AskpassServer, type Grant } from '../../cluster/ssh/askpassServer.ts';
import { notAnswered, refusalOf } from '../../cluster/ssh/refusal.ts';
import type { SshHost } from '../../cluster/ssh/sshHost.ts';
import type { SshQuestion } from '../../cluster/ssh/sshQuestion.ts';
import { clusterAccess } from './clusters.ts';
import { askInEditor } from './sshPrompts.ts';

/**
 * One connection a cluster for the whole window: ssh asks once, in the editor, and every run and the follower share what it
 * opened.
 */
export class Connections implements vscode.Disposable {
  readonly #program: string;
  readonly #hosts = new Map<string, SshHost>();
  #askpass: Promise<AskpassServer> | undefined;

  /** @param program the bundled askpass program. */
  constructor(program: string) {
    this.#program = program;
  }

  /**
   * Connects where there is no connection, with questions of ssh asked in the editor.
   *
   * @throws SealongError what is said of the connection; an abort where the user stops waiting.
   */
  async connect({ name }: Cluster): Promise<void> {
    const stop = new AbortController();
    const { environment, revoke, answered } = await this.grant((question) => {
      stop.abort(notAnswered(question));
    });
    // The askpass of an ssh that was ended holds its pipes open until it is answered: nothing of it would end before.
    stop.signal.addEventListener('abort', revoke);
    try {
      const { host } = await openCluster(clusterAccess(environment), name);
      const known = this.#hosts.get(name);
      // A profile that was changed meanwhile may name another host.
      if (known && (known.host !== host.host || !(await known.isOpen()))) await this.#drop(name);
      if (this.#hosts.has(name)) {
        await host.close();
        return;
      }
      try {
        await vscode.window.withProgress(
          {
            location: vscode.ProgressLocation.Notification,
            title: `Connecting to ${host.host}`,
            cancellable: true,
          },
          (_, token) => connectUnless(host, stop, token),
        );
      } catch (error) {
        await host.close();
        throw refusalOf(error, host.host, answered);
      }
      this.#hosts.set(name, host);
    } finally {
      revoke();
    }
  }

  /** What a worker needs to reach clusters: the connections that stand, and a way to ask where one has to be made anew. */
  access(askpass?: Readonly<Record<string, string>>): ClusterAccess {
    const borrow = Object.fromEntries([...this.#hosts].map(([name, { folder }]) => [name, folder]));
    return { ...clusterAccess(askpass), borrow };
  }

  /** Lets ssh ask in the editor, to be taken back at the end of a run. */
  async grant(onDeclined?: (question: SshQuestion) => void): Promise<Grant> {
    this.#askpass ??= AskpassServer.start(this.#program, askInEditor);
    return (await this.#askpass).grant(onDeclined);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#hosts.keys()].map((name) => this.#drop(name)));
    await (await this.#askpass)?.close();
    this.#askpass = undefined;
  }

  dispose(): void {
    void this.close();
  }

  async #drop(name: string): Promise<void> {
    const host = this.#hosts.get(name);
    this.#hosts.delete(name);
    await host?.close();
  }
}

function connectUnless(
  host: SshHost,
  stop: AbortController,
  token: vscode.CancellationToken,
): Promise<void> {
  token.onCancellationRequested(() => {
    stop.abort(new DOMException('Connecting was cancelled.', 'AbortError'));
  });
  return host.connect(stop.signal);
}
