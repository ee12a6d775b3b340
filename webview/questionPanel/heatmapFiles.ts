import type { PanelQuestion, SaveFormat } from '../../src/protocol/panel.ts';
import { element } from '../element.ts';
import { heatmapCsv } from './heatmapCsv.ts';
import { drawHeatmap } from './heatmapDrawing.ts';
import type { HeatmapPicture } from './heatmapPicture.ts';
import { heatmapSvg } from './heatmapSvg.ts';

/** At this many pixels a CSS px, a printed figure is sharp. */
const PNG_SCALE = 3;

/** The heatmap as the content of a file; base64 for PNG. */
export function heatmapFile(
  format: SaveFormat,
  picture: HeatmapPicture,
  question: PanelQuestion,
  order: readonly number[],
): string {
  if (format === 'csv') return heatmapCsv(question, order);
  return format === 'svg' ? heatmapSvg(picture) : pngOf(picture);
}

function pngOf(picture: HeatmapPicture): string {
  const { width, height } = picture.geometry;
  const canvas = element('canvas');
  canvas.width = Math.ceil(width * PNG_SCALE);
  canvas.height = Math.ceil(height * PNG_SCALE);
  const context = canvas.getContext('2d');
  if (context !== null) {
    // What is behind the heatmap is drawn under it afterwards: it clears its own place first.
    context.scale(PNG_SCALE, PNG_SCALE);
    drawHeatmap(context, picture);
    context.globalCompositeOperation = 'destination-over';
    context.fillStyle = picture.theme.background.formatHex();
    context.fillRect(0, 0, width, height);
  }
  return canvas.toDataURL('image/png').replace(/^[^,]*,/, '');
}
