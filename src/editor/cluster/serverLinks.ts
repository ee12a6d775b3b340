import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { systemClock } from '../../clock.ts';
import { openCluster } from '../../cluster/connect.ts';
import { ServerLink, type LinkedServer } from '../../cluster/serve/serverLink.ts';
import { messageOf } from '../../errors.ts';
import { openStudy } from '../../study/study.ts';
import type { LinkedEndpoint } from '../endpoint/endpointChoice.ts';
import type { Connections } from './connections.ts';

export interface ServerLinksPorts {
  connections: Connections;
  log: vscode.LogOutputChannel;
  /** Keeps the key that a server asks for, or takes it away. */
  key: (baseUrl: string, key: string | undefined) => Promise<void>;
}

interface Kept {
  link: ServerLink;
  /** Once it answers. */
  server: (LinkedServer & { name: string }) | undefined;
  revoke: () => void;
}

/** The ways from here to servers on clusters: they last as long as the window, and the servers longer. */
export class ServerLinks implements vscode.Disposable {
  readonly #ports: ServerLinksPorts;
  readonly #kept = new Map<string, Kept>();
  readonly #changed = new vscode.EventEmitter<void>();
  /** A way was made, or has ended. */
  readonly onDidChange = this.#changed.event;

  constructor(ports: ServerLinksPorts) {
    this.#ports = ports;
  }

  /** Servers that answer here now. */
  get endpoints(): readonly LinkedEndpoint[] {
    return [...this.#kept.values()].flatMap(({ server }) =>
      server
        ? [{ name: server.name, baseUrl: server.profile.baseUrl, model: server.profile.model }]
        : [],
    );
  }

  /** Jobs that a way looks at by itself. */
  get jobs(): readonly string[] {
    return [...this.#kept.keys()];
  }

  endpoint(job: string): LinkedEndpoint | undefined {
    const server = this.#kept.get(job)?.server;
    return (
      server && { name: server.name, baseUrl: server.profile.baseUrl, model: server.profile.model }
    );
  }

  /**
   * Waits until a server answers here, and keeps the way to it.
   *
   * @throws SealongError where it ends before, or cannot be reached.
   */
  async open(dir: string, job: string): Promise<LinkedEndpoint> {
    const kept = this.#kept.get(job) ?? (await this.#begin(dir, job));
    const { profile, apiKey } = await kept.link.ready;
    if (!kept.server) {
      await this.#ports.key(profile.baseUrl, apiKey);
      kept.server = { profile, apiKey, name: `server ${job.slice(-4)}` };
      this.#changed.fire();
    }
    return { name: kept.server.name, baseUrl: profile.baseUrl, model: profile.model };
  }

  /** Ends the ways; the servers go on. */
  async close(): Promise<void> {
    await Promise.all([...this.#kept.values()].map(({ link }) => link.close()));
    // Their ends are told after that.
    await delay(0);
  }

  dispose(): void {
    void this.close();
    this.#changed.dispose();
  }

  async #begin(dir: string, job: string): Promise<Kept> {
    const { connections, log } = this.#ports;
    const study = await openStudy(dir);
    const { environment, revoke } = await connections.grant();
    const open = (name: string) => openCluster(connections.access(environment), name);
    const link = await ServerLink.open(
      study,
      job,
      { clock: systemClock, open },
      {
        tell: (message) => {
          log.info(message);
        },
      },
    );
    const kept: Kept = { link, server: undefined, revoke };
    this.#kept.set(job, kept);
    link.over
      .catch((error: unknown) => {
        log.warn(`The way to server ${job} ended: ${messageOf(error)}`);
      })
      .then(() => this.#ended(job, kept))
      .catch((error: unknown) => {
        log.warn(`Server ${job}: ${messageOf(error)}`);
      });
    return kept;
  }

  async #ended(job: string, { server, revoke }: Kept): Promise<void> {
    revoke();
    this.#kept.delete(job);
    this.#changed.fire();
    if (server) await this.#ports.key(server.profile.baseUrl, undefined);
  }
}
