import type { StageNote, StageProgress, StageWarning } from '../stage.ts';
import { Pace, progressText } from '../pace.ts';

const PLAIN_INTERVAL_MS = 5_000;
const BAR_INTERVAL_MS = 100;
const BAR_WIDTH = 24;

/** Shows progress on stderr: a bar that is redrawn on a terminal, a line now and then elsewhere. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #pace = new Pace();
  #shownAt = -Infinity;
  #drawn = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(progress: StageProgress): void {
    const now = performance.now();
    this.#pace.add(progress, now);
    const interval = this.#stream.isTTY ? BAR_INTERVAL_MS : PLAIN_INTERVAL_MS;
    const last = progress.done === progress.total;
    if (now - this.#shownAt < interval && !last) return;
    this.#shownAt = now;
    const text = progressText(progress, this.#pace);
    if (!this.#stream.isTTY) {
      this.#stream.write(`${text}\n`);
      return;
    }
    const filled =
      progress.total > 0 ? Math.round((BAR_WIDTH * progress.done) / progress.total) : 0;
    this.#stream.write(`\r\x1b[K${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${text}`);
    this.#drawn = true;
  }

  /** What a stage reports on its way. */
  event(event: StageProgress | StageWarning | StageNote): void {
    if (event.type !== 'progress') {
      this.message(event.type === 'warning' ? `Warning: ${event.message}` : event.message);
      return;
    }
    if (event.estimate && event.estimate.samples > 0)
      this.message(`To do: ${event.estimate.text}.`);
    this.show(event);
  }

  /** A message on a line of its own, above the bar. */
  message(text: string): void {
    this.#stream.write(this.#drawn ? `\r\x1b[K${text}\n` : `${text}\n`);
    this.#drawn = false;
  }

  end(): void {
    if (this.#drawn) this.#stream.write('\n');
    this.#drawn = false;
  }
}
