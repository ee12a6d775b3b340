import { createConnection, createServer, type Server, type Socket } from 'node:net';

type Direction = 'up' | 'down';

/**
 * A TCP link on loopback to a port of the lab: it can be cut, held up so that neither side hears of it, and slowed down, at once
 * or after a number of bytes.
 */
export class Link {
  readonly port: number;
  /** Bytes that passed, of all connections. */
  readonly passed = { up: 0, down: 0 };
  /** Connections that were taken. */
  taken = 0;
  /** Bytes in a second and direction; 0 for all there is. */
  bytesPerS = 0;
  readonly #server: Server;
  readonly #pairs = new Set<{ near: Socket; far: Socket }>();
  #held = false;
  #cutAt: { direction: Direction; bytes: number } | undefined;

  private constructor(server: Server, port: number, target: number) {
    this.port = port;
    this.#server = server;
    server.on('connection', (near) => {
      this.#join(near, target);
    });
  }

  static async to(target: number): Promise<Link> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('The link has no port.');
    return new Link(server, address.port, target);
  }

  /** Resets every connection there is; new ones are taken. */
  cut(): void {
    this.#cutAt = undefined;
    for (const { near, far } of this.#pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
    this.#pairs.clear();
  }

  /** Cuts once as many more bytes have passed in a direction. */
  cutAfter(direction: Direction, bytes: number): void {
    this.#cutAt = { direction, bytes: this.passed[direction] + bytes };
  }

  /** Whether {@link cutAfter} is still to come. */
  get isWaitingToCut(): boolean {
    return this.#cutAt !== undefined;
  }

  /** Lets nothing pass and closes nothing, as a link whose other end went away without a word. */
  hold(): void {
    this.#held = true;
    for (const { near, far } of this.#pairs) {
      near.pause();
      far.pause();
    }
  }

  /** What was held up is lost, as after a time-out on the way; new connections pass. */
  release(): void {
    this.#held = false;
    this.cut();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(near: Socket, target: number): void {
    this.taken += 1;
    const far = createConnection({ host: '127.0.0.1', port: target });
    const pair = { near, far };
    this.#pairs.add(pair);
    this.#pass('up', near, far);
    this.#pass('down', far, near);
    const end = () => {
      this.#pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      // Ends of connections are what these tests are about: whoever uses the link tells of them.
      socket.on('error', end);
      socket.on('close', end);
      if (this.#held) socket.pause();
    }
  }

  #pass(direction: Direction, from: Socket, to: Socket): void {
    from.on('data', (bytes: Buffer) => {
      const cutAt = this.#cutAt?.direction === direction ? this.#cutAt.bytes : Infinity;
      const passing = bytes.subarray(0, Math.max(0, cutAt - this.passed[direction]));
      this.passed[direction] += passing.length;
      to.write(passing);
      if (this.passed[direction] >= cutAt) {
        this.cut();
        return;
      }
      if (this.bytesPerS === 0) return;
      from.pause();
      setTimeout(
        () => {
          if (!this.#held) from.resume();
        },
        (passing.length / this.bytesPerS) * 1000,
      );
    });
  }
}
