import { createServer } from 'node:net';
import type { Clock } from '../../clock.ts';
import { askServer } from '../../endpoint/askServer.ts';
import type { EndpointProfile } from '../../endpoint/endpointProfile.ts';
import { listedModels } from '../../endpoint/serverFacts.ts';
import { SealongError, messageOf } from '../../errors.ts';
import type { Study } from '../../study/study.ts';
import { isTraining, readJob, writeJob, type ServerJob } from '../../training/jobRecord.ts';
import { hasEnded } from '../../training/jobState.ts';
import type { Cluster } from '../clusterProfile.ts';
import { JobsOnCluster } from '../followJobs.ts';
import { stateText } from '../followStage.ts';
import { schedulerOf } from '../schedulerOf.ts';
import { isPassing } from '../ssh/sshFailure.ts';
import type { SshHost } from '../ssh/sshHost.ts';
import { serverState, type ServerState } from './serverState.ts';
import { serverKey } from './startServer.ts';

/** A scheduler is asked no oftener. */
const LOOK_MS = 10_000;
const LONGEST_PAUSE_MS = 60_000;
const ANSWER_MS = 10_000;
const CONCURRENCY = 64;

/** A server on a cluster as an endpoint of this machine. */
export interface LinkedServer {
  profile: EndpointProfile & { model: string };
  apiKey: string | undefined;
}

export interface LinkPorts {
  clock: Clock;
  /** Connects to a cluster of the user's by its name. */
  open: (name: string) => Promise<{ cluster: Cluster; host: SshHost }>;
}

export interface LinkOptions {
  /** Told what happens: new states of the job, cuts, ways made anew. */
  tell: (message: string) => void;
  /** At least 10 s outside tests. */
  lookMs?: number;
}

/**
 * The way from this machine's loopback to a server that runs as a job. It waits for the job to start and for the model to be
 * loaded, and keeps the way over cut connections and a job that was requeued to another node, on the same port. Closing it leaves
 * the job running; when the job ends, so does it.
 */
export class ServerLink {
  /** Settles when the server answers here for the first time; rejects where it ends before, or cannot be reached at all. */
  readonly ready: Promise<LinkedServer>;
  /** Settles when the job has ended or the link was closed, with the job as it was seen last; rejects with what broke it. */
  readonly over: Promise<ServerJob>;
  readonly #stop = new AbortController();
  readonly #study: Study;
  readonly #ports: LinkPorts;
  readonly #options: LinkOptions;
  #found: (server: LinkedServer) => void = () => undefined;
  #job: ServerJob;
  /** Of this link; the record holds that of whoever made a way last. */
  #port: number | undefined;
  /** The way as it stands, and where it leads. */
  #way: { to: ServerState; over: Promise<void>; isOver: boolean } | undefined;
  /** The last trouble that was told, so that it is told once. */
  #told = '';

  private constructor(study: Study, job: ServerJob, ports: LinkPorts, options: LinkOptions) {
    this.#study = study;
    this.#job = job;
    this.#ports = ports;
    this.#options = options;
    const found = new Promise<LinkedServer>((resolve) => (this.#found = resolve));
    this.over = this.#keep();
    this.ready = Promise.race([found, this.over.then((last) => Promise.reject(endedBefore(last)))]);
    // Whoever does not ask is not failed by it.
    this.over.catch(() => undefined);
    this.ready.catch(() => undefined);
  }

  /** @throws SealongError `no_job`, `bad_job`, `no_server`. */
  static async open(
    study: Study,
    id: string,
    ports: LinkPorts,
    options: LinkOptions,
  ): Promise<ServerLink> {
    const job = await readJob(study, id);
    if (isTraining(job))
      throw new SealongError('no_server', `Job ${id} trains; it is no server that could be asked.`);
    return new ServerLink(study, job, ports, options);
  }

  /** Closes the way; the job goes on. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('The link is closed.'));
    await this.over.catch(() => undefined);
  }

  async #keep(): Promise<ServerJob> {
    const { clock, open } = this.#ports;
    const { lookMs = LOOK_MS } = this.#options;
    const { signal } = this.#stop;
    if (this.#job.place.kind !== 'cluster') throw new Error(`${this.#job.id} is on no cluster.`);
    let connection: { host: SshHost; looker: JobsOnCluster } | undefined;
    let pause = lookMs;
    try {
      while (!hasEnded(this.#job.state)) {
        try {
          if (!connection) {
            const { host, cluster } = await open(this.#job.place.cluster);
            const scheduler = schedulerOf(cluster.profile);
            connection = { host, looker: new JobsOnCluster(this.#study, host, scheduler, clock) };
          }
          pause = await this.#look(connection.looker, lookMs, signal);
          await this.#makeWay(connection.host, signal);
        } catch (error) {
          if (signal.aborted || !isPassing(error)) throw error;
          this.#tellOnce(`${messageOf(error)} Trying again.`);
          pause = Math.min(Math.max(pause, lookMs) * 2, LONGEST_PAUSE_MS);
        }
        if (hasEnded(this.#job.state)) break;
        // A way that is cut is made again at once.
        const cut = this.#way && !this.#way.isOver ? [this.#way.over] : [];
        await Promise.race([clock.sleep(pause, signal), ...cut]);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await connection?.host.close();
    }
    return this.#job;
  }

  /** Looks, or reads what somebody else on this machine saw. @returns after how many milliseconds to look again. */
  async #look(looker: JobsOnCluster, lookMs: number, signal: AbortSignal): Promise<number> {
    const look = await looker.lookIfDue([this.#job], lookMs, signal);
    const seen = 'value' in look ? look.value : undefined;
    for (const problem of seen?.problems ?? []) this.#tellOnce(problem);
    const job = seen?.jobs[0] ?? (await readJob(this.#study, this.#job.id));
    if (!isTraining(job)) {
      const changed = job.state !== this.#job.state;
      this.#job = job;
      if (changed) this.#options.tell(stateText(job));
    }
    return 'waitMs' in look ? look.waitMs : lookMs;
  }

  /** Where the server says that it serves and no way leads there, makes one, and looks whether it answers. */
  async #makeWay(host: SshHost, signal: AbortSignal): Promise<void> {
    const state = await serverState(this.#study, this.#job.id);
    if (this.#job.state !== 'running' || state?.phase !== 'serving') return;
    const way = this.#way;
    if (way && !way.isOver && way.to.host === state.host && way.to.port === state.port) return;
    const port = await this.#portFor(way);
    if (way && !way.isOver) await host.endForward(port, way.to, signal);
    const forwarded = await this.#forwarded(host, port, state, signal);
    if (!forwarded) return;
    const made = { to: state, over: forwarded.over, isOver: false };
    void made.over.then(() => (made.isOver = true));
    const server = await this.#answers(port, signal);
    if (!server) {
      await host.endForward(port, state, signal);
      return;
    }
    this.#way = made;
    this.#told = '';
    this.#options.tell(
      `Server ${this.#job.id} answers at ${server.profile.baseUrl} as ${server.profile.model}.`,
    );
    this.#found(server);
  }

  /** Undefined where the port is taken: by what may go away, or for the next try another is taken. */
  async #forwarded(
    host: SshHost,
    port: number,
    to: ServerState,
    signal: AbortSignal,
  ): Promise<{ over: Promise<void> } | undefined> {
    try {
      return await host.forward(port, to, signal);
    } catch (error) {
      if (!(error instanceof SealongError && error.code === 'port_in_use')) throw error;
      this.#tellOnce(`${error.message} Trying again.`);
      return undefined;
    }
  }

  async #portFor(way: object | undefined): Promise<number> {
    const before = this.#port ?? this.#job.server.local_port;
    // A way that broke has given its port back, or will before the next try.
    if (way && before !== undefined) return before;
    const port = await freePort(before);
    this.#port = port;
    this.#job = { ...this.#job, server: { ...this.#job.server, local_port: port } };
    await writeJob(this.#study, this.#job);
    return port;
  }

  async #answers(port: number, signal: AbortSignal): Promise<LinkedServer | undefined> {
    const baseUrl = `http://127.0.0.1:${port}/v1`;
    const apiKey = await serverKey(this.#study, this.#job.id);
    const { served_model: wanted } = this.#job.server;
    try {
      const answer = await askServer(apiKey, signal)(`${baseUrl}/models`, undefined, ANSWER_MS);
      const names = (listedModels(answer.json) ?? []).map(({ id }) => id);
      if (answer.status !== 200 || names[0] === undefined)
        throw new SealongError('bad_server', `it answers ${answer.status} and names no model`);
      // A folder is often served under its own name, and SGLang does not list adapters.
      const isListed = names.includes(wanted) || this.#job.server.adapter !== undefined;
      return {
        profile: {
          name: this.#job.id,
          baseUrl,
          model: isListed ? wanted : names[0],
          limits: { maxConcurrency: CONCURRENCY },
        },
        apiKey,
      };
    } catch (error) {
      if (signal.aborted || !(error instanceof SealongError)) throw error;
      this.#tellOnce(
        `Server ${this.#job.id} runs, but does not answer through the tunnel (${error.message}). The login host must be allowed to forward ports and to reach the node; "host" under "servers" in the cluster's profile can name another address of it.`,
      );
      return undefined;
    }
  }

  #tellOnce(message: string): void {
    if (message !== this.#told) this.#options.tell(message);
    this.#told = message;
  }
}

function endedBefore(job: ServerJob): SealongError {
  return new SealongError(
    'server_ended',
    hasEnded(job.state)
      ? `${stateText(job)} It never served; the end of its log is in log.txt of its folder.`
      : `The link to server ${job.id} was closed before it served.`,
  );
}

/** The port asked for, or another where that is taken. */
async function freePort(wanted = 0): Promise<number> {
  try {
    return await listened(wanted);
  } catch {
    return listened(0);
  }
}

function listened(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('A port of loopback has no number.'));
      });
    });
  });
}
