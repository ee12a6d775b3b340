import { extent } from 'd3-array';
import { edge } from './geometry.ts';
import type { HeatmapPicture } from './heatmapPicture.ts';

const GAP_PX = 4;
/** Of the range of scores, left under the lowest: its bar is not to vanish. */
const FLOOR = 0.15;

/** Scores as bars beside rows too low for the score list to stand level with them. */
export function drawScoreStrip(
  context: CanvasRenderingContext2D,
  { geometry, scores, pair, utilities, theme }: HeatmapPicture,
): void {
  if (geometry.strip === 0) return;
  const [low, high] = extent(scores, (score) => score ?? undefined);
  if (low === undefined) return;
  const span = high - low;
  const room = geometry.strip - GAP_PX;
  const right = geometry.strip;
  scores.forEach((score, row) => {
    if (score === null) return;
    const share = span > 0 ? FLOOR + (1 - FLOOR) * ((score - low) / span) : 1;
    const index = utilities.rows[row];
    const side =
      pair.chosen?.index === index ? 'chosen' : pair.rejected?.index === index ? 'rejected' : null;
    context.fillStyle = (side === null ? theme.muted : theme[side]).formatHex();
    context.globalAlpha = side === null && !theme.highContrast ? 0.6 : 1;
    const y = geometry.top + edge(geometry, row);
    const height = geometry.top + edge(geometry, row + 1) - y;
    const gap = height > 3 ? 1 : 0;
    context.fillRect(right - room * share, y, room * share, Math.max(1, height - gap));
  });
  context.globalAlpha = 1;
}
