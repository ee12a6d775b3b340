import * as vscode from 'vscode';
import { messageOf } from '../../errors.ts';
import { requireTrust } from '../trust.ts';
import { userCluster } from './clusters.ts';
import type { Connections } from './connections.ts';
import type { Follower } from './follower.ts';
import type { Followed } from '../../protocol/follow.ts';
import { isFollowable, type Job } from './job.ts';
import type { JobStore } from './jobStore.ts';
import type { ServerLinks } from './serverLinks.ts';

export interface FollowingPorts {
  jobs: JobStore;
  follower: Follower;
  connections: Connections;
  links: Pick<ServerLinks, 'jobs'>;
  log: vscode.LogOutputChannel;
}

/**
 * Decides when jobs are followed: by itself when a window opens over jobs under way, without ssh asking anything, and with
 * its questions after the user did something with a job. In a workspace that is not trusted, never.
 */
export class Following implements vscode.Disposable {
  readonly #ports: FollowingPorts;
  /** Jobs that were followed without questions: one that could not be reached is not tried again by itself. */
  readonly #tried = new Set<string>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(ports: FollowingPorts) {
    this.#ports = ports;
    const look = () => {
      this.#byItself();
    };
    this.#subscriptions = [
      ports.jobs.onDidChange(look),
      vscode.workspace.onDidGrantWorkspaceTrust(look),
    ];
  }

  /** The command: says so where nothing is to be followed. */
  async command(): Promise<void> {
    requireTrust('Following jobs');
    if (this.#open().length === 0) {
      void vscode.window.showInformationMessage('No job is under way on a cluster.');
      return;
    }
    await this.begin();
    await vscode.commands.executeCommand('sealong.jobs.focus');
  }

  /**
   * Follows all that is open, over connections that ssh may ask for.
   *
   * @throws SealongError what is said of a connection.
   */
  async begin(): Promise<void> {
    requireTrust('Following jobs');
    const { follower, connections } = this.#ports;
    const open = this.#open();
    if (open.length === 0) return;
    const reached = (name: string) =>
      follower.contacts.some(({ cluster, state }) => cluster === name && state === 'connected');
    const clusters = [...new Set(open.map(clusterName))];
    if (follower.isRunning && (!follower.asks || !clusters.every(reached))) await follower.stop();
    for (const name of clusters) await connections.connect(userCluster(name));
    const { environment, revoke } = await connections.grant();
    follower.start(this.#followed(open), connections.access(environment), revoke);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #open(): Job[] {
    const { jobs, links } = this.#ports;
    return jobs.all().filter((job) => isFollowable(job) && !links.jobs.includes(job.record.id));
  }

  #followed(open: readonly Job[]): Followed {
    return {
      studies: [...new Set(open.map(({ dir }) => dir))],
      except: this.#ports.links.jobs,
    };
  }

  #byItself(): void {
    if (!vscode.workspace.isTrusted) return;
    const { follower, connections, log } = this.#ports;
    const open = this.#open();
    const isNew = open.some(({ dir, record }) => !this.#tried.has(`${dir} ${record.id}`));
    if (!isNew) return;
    for (const { dir, record } of open) this.#tried.add(`${dir} ${record.id}`);
    try {
      follower.start(this.#followed(open), connections.access(), () => undefined);
    } catch (error) {
      // The view would be no place for it: the command says it when it is called.
      log.warn(`Jobs are not followed: ${messageOf(error)}`);
    }
  }
}

function clusterName({ record }: Job): string {
  return record.place.kind === 'cluster' ? record.place.cluster : '';
}
