import type { StageProgress } from './stage.ts';

/**
 * Progress in words: done of total, rate and time left, from what was done since `first` in `elapsedMs`. Work that was
 * there before the run does not count into the rate.
 */
export function progressText(first: StageProgress, now: StageProgress, elapsedMs: number): string {
  const parts = [`${now.done} of ${now.total} ${now.unit}`];
  const seconds = elapsedMs / 1000;
  const made = now.done - first.done;
  if (now.completionTokens !== undefined && now.completionTokens > 0 && seconds > 0)
    parts.push(`${rounded(now.completionTokens / seconds)} tokens/s`);
  else if (made > 0 && seconds > 0) parts.push(`${rounded(made / seconds)} ${now.unit}/s`);
  if (made > 0 && now.done < now.total)
    parts.push(`${durationText((seconds / made) * (now.total - now.done))} left`);
  return parts.join(' · ');
}

/** A duration in seconds as a person would say it. */
export function durationText(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  const hours = Math.floor(seconds / 3600);
  return `${hours} h ${Math.round((seconds - hours * 3600) / 60)} min`;
}

function rounded(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toFixed(1);
}
