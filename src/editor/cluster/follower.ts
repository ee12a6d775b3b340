import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import type { ClusterAccess } from '../../cluster/connect.ts';
import type { FollowNews } from '../../cluster/followClusters.ts';
import { messageOf } from '../../errors.ts';
import type { Followed, FromFollowWorker, ToFollowWorker } from '../../protocol/follow.ts';

/** How a cluster was reached last. */
export type Contact = Extract<FollowNews, { type: 'contact' }>;

export interface FollowerPorts {
  /** The follow worker's script. */
  script: URL;
  log: vscode.LogOutputChannel;
  /** What is here of a study's jobs may be newer. */
  seen: (study: string) => void;
}

/** A process has this long to close its connections when the window closes. */
const STOP_MS = 3_000;

/** Follows jobs on clusters in a thread of its own, one for the window, for as long as one is open. */
export class Follower implements vscode.Disposable {
  readonly #ports: FollowerPorts;
  readonly #changed = new vscode.EventEmitter<void>();
  /** Contact with a cluster is another. */
  readonly onDidChange = this.#changed.event;
  readonly #contacts = new Map<string, Contact>();
  #running: { worker: Worker; ended: Promise<void>; asks: boolean } | undefined;
  /** What was asked for last while one ran, which may end without having looked at it. */
  #next: { followed: Followed; access: ClusterAccess; ended: () => void } | undefined;
  #revision = 0;
  #lookedAt: number | undefined;

  constructor(ports: FollowerPorts) {
    this.#ports = ports;
  }

  get contacts(): readonly Contact[] {
    return [...this.#contacts.values()];
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Whether ssh may ask in the run that goes on now. */
  get asks(): boolean {
    return this.#running?.asks ?? false;
  }

  /**
   * Starts where nothing is followed yet; a run under way takes over what is followed.
   *
   * @param ended called when nothing asks by `access` any more.
   */
  start(followed: Followed, access: ClusterAccess, ended: () => void): void {
    const revision = ++this.#revision;
    if (this.#running) {
      this.#next?.ended();
      this.#next = { followed, access, ended };
      this.#send({ type: 'followed', ...followed, revision });
      return;
    }
    this.#contacts.clear();
    this.#lookedAt = undefined;
    const worker = new Worker(this.#ports.script);
    const over = new Promise<void>((resolve) => {
      worker.on('message', (message: FromFollowWorker) => {
        this.#receive(message);
      });
      worker.on('error', (error) => {
        this.#ports.log.error(`Following jobs broke off: ${messageOf(error)}`);
      });
      worker.on('exit', () => {
        resolve();
      });
    }).then(() => {
      this.#running = undefined;
      ended();
      const next = this.#next;
      this.#next = undefined;
      // What came while it ended, it no longer looked at.
      const missed = this.#lookedAt !== undefined && this.#lookedAt < this.#revision;
      if (next && missed) this.start(next.followed, next.access, next.ended);
      else next?.ended();
      this.#changed.fire();
    });
    this.#running = { worker, ended: over, asks: access.askpass !== undefined };
    this.#send({ type: 'follow', ...followed, access, revision });
    this.#changed.fire();
  }

  /** Ends it; jobs on clusters go on. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    this.#next?.ended();
    this.#next = undefined;
    this.#send({ type: 'stop' });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, STOP_MS)));
    await Promise.race([running.ended, late]);
    clearTimeout(timer);
  }

  dispose(): void {
    void this.stop();
    this.#changed.dispose();
  }

  #send(message: ToFollowWorker): void {
    this.#running?.worker.postMessage(message);
  }

  #receive(message: FromFollowWorker): void {
    switch (message.type) {
      case 'seen':
        this.#ports.seen(message.study);
        return;
      case 'contact': {
        const before = this.#contacts.get(message.cluster);
        this.#contacts.set(message.cluster, message);
        if (before?.state === message.state && before.message === message.message) return;
        if (message.message !== '') this.#ports.log.warn(`${message.cluster}: ${message.message}`);
        this.#changed.fire();
        return;
      }
      case 'failed':
        this.#ports.log.error(`Following jobs broke off: ${message.message}`, message.detail ?? '');
        return;
      case 'ended':
        this.#lookedAt = message.revision;
    }
  }
}
