import type { StageProgress } from './stage.ts';

interface Mark {
  atMs: number;
  done: number;
  tokens: number;
  promptTokens: number;
}

/** How fast a run goes, over its last minute: servers warm up, and a mean over the whole run would lag behind. */
export class Pace {
  readonly #windowMs: number;
  #marks: Mark[] = [];
  #total = 0;
  #unit: StageProgress['unit'] | undefined;

  constructor(windowMs = 60_000) {
    this.#windowMs = windowMs;
  }

  add({ done, total, unit, completionTokens, sampling }: StageProgress, atMs: number): void {
    if (unit !== this.#unit) this.#marks = [];
    this.#unit = unit;
    this.#total = total;
    this.#marks.push({
      atMs,
      done,
      tokens: completionTokens ?? 0,
      promptTokens: sampling?.promptTokens ?? 0,
    });
    // The mark just outside the window stays, so that a slow run still spans the whole of it.
    while ((this.#marks[1]?.atMs ?? Infinity) <= atMs - this.#windowMs) this.#marks.shift();
  }

  /** Undefined until something was done that was not there at the start. */
  tokensPerSecond(): number | undefined {
    return this.#rate(({ tokens }) => tokens);
  }

  /** Prompt tokens sent, those that the server has in its cache included. */
  promptTokensPerSecond(): number | undefined {
    return this.#rate(({ promptTokens }) => promptTokens);
  }

  /** Time left at the present rate, in milliseconds. */
  msLeft(): number | undefined {
    const perSecond = this.#rate(({ done }) => done);
    const done = this.#marks.at(-1)?.done ?? 0;
    return perSecond === undefined ? undefined : ((this.#total - done) / perSecond) * 1000;
  }

  #rate(value: (mark: Mark) => number): number | undefined {
    const first = this.#marks[0];
    const last = this.#marks.at(-1);
    if (!first || !last || last.atMs <= first.atMs) return undefined;
    const gained = value(last) - value(first);
    return gained > 0 ? gained / ((last.atMs - first.atMs) / 1000) : undefined;
  }
}

/** A time left as one would say it: exact enough to plan by, and not changing every second. */
export function durationText(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return 'a few seconds';
  if (seconds < 55) return `${Math.ceil(seconds / 10) * 10} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${Math.max(1, minutes)} min`;
  const hours = minutes / 60;
  if (hours < 10) return `${hours.toFixed(1).replace(/\.0$/, '')} h`;
  return hours < 48 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} days`;
}

/** "96 of 240 · 33 tokens/s · 2 min left" */
export function progressText(progress: StageProgress, pace: Pace): string {
  const parts = [amountText(progress)];
  const tokens = pace.tokensPerSecond();
  if (tokens !== undefined)
    parts.push(`${tokens < 10 ? tokens.toFixed(1) : String(Math.round(tokens))} tokens/s`);
  const left = pace.msLeft();
  if (left !== undefined && progress.done < progress.total)
    parts.push(`${durationText(left)} left`);
  return parts.join(' · ');
}

function amountText({ done, total, unit }: StageProgress): string {
  if (unit !== 'bytes') return `${done} of ${total}`;
  return total > 0 ? `${megabytes(done)} of ${megabytes(total)} MB` : `${megabytes(done)} MB`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}
