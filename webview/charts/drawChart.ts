import { visibleText } from '../../src/protocol/hiddenCharacters.ts';
import { dashOfSeries, type ChartLayout, type ChartPath } from './chartShapes.ts';
import './charts.css';

const SVG = 'http://www.w3.org/2000/svg';

/** How a chart looks in a file, on paper as on a screen; in the panel the theme says it (charts.css). */
const PAPER = {
  background: '#ffffff',
  text: '#222222',
  grid: '#dddddd',
  series: ['#222222', '#0072b2', '#d55e00', '#007f5f', '#7a3f9d', '#b3003c'],
} as const;
const BAND_OPACITY = 0.15;
const LINE_WIDTH = 2;
const FONT = '12px sans-serif';
const PNG_SCALE = 2;

/** The chart as it stands in the panel. @param label what a screen reader says; the numbers stand in a table as well. */
export function drawChart(layout: ChartLayout, label: string): SVGSVGElement {
  const svg = frame(layout);
  svg.setAttribute('class', 'chart');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  for (const path of layout.paths) {
    const { kind, d, series } = path;
    const name = series === undefined ? kind : `${kind} series-${series % PAPER.series.length}`;
    svg.append(node('path', { class: name, d, ...dashOf(path) }));
  }
  appendTexts(svg, layout, {});
  return svg;
}

/** The chart as a file of its own. */
export function chartSvg(layout: ChartLayout): string {
  const svg = frame(layout);
  svg.setAttribute('xmlns', SVG);
  svg.append(node('rect', { ...sizeOf(layout), fill: PAPER.background }));
  for (const path of layout.paths) {
    const look = paperLook(path);
    svg.append(
      node('path', {
        d: path.d,
        fill: look.fill ?? 'none',
        'fill-opacity': String(look.fillOpacity),
        ...(look.stroke === undefined
          ? {}
          : { stroke: look.stroke, 'stroke-width': String(look.width) }),
        ...dashOf(path),
      }),
    );
  }
  appendTexts(svg, layout, {
    fill: PAPER.text,
    'font-family': 'sans-serif',
    'font-size': '12',
  });
  return `${new XMLSerializer().serializeToString(svg)}\n`;
}

/** The chart as a picture of twice its size: base64 without a prefix. */
export function chartPng(layout: ChartLayout): string {
  const canvas = document.createElement('canvas');
  canvas.width = layout.width * PNG_SCALE;
  canvas.height = layout.height * PNG_SCALE;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser cannot draw pictures.');
  context.scale(PNG_SCALE, PNG_SCALE);
  context.fillStyle = PAPER.background;
  context.fillRect(0, 0, layout.width, layout.height);
  for (const path of layout.paths) {
    const shape = new Path2D(path.d);
    const look = paperLook(path);
    if (look.fill !== undefined) {
      context.globalAlpha = look.fillOpacity;
      context.fillStyle = look.fill;
      context.fill(shape);
      context.globalAlpha = 1;
    }
    if (look.stroke === undefined) continue;
    context.setLineDash(path.kind === 'line' ? [...dash(path)] : []);
    context.lineWidth = look.width;
    context.strokeStyle = look.stroke;
    context.stroke(shape);
  }
  context.fillStyle = PAPER.text;
  context.font = FONT;
  for (const { text, x, y, anchor } of layout.texts) {
    context.textAlign = anchor === 'middle' ? 'center' : anchor;
    context.fillText(text, x, y);
  }
  return canvas.toDataURL('image/png').replace(/^[^,]*,/, '');
}

function paperLook({ kind, series = 0 }: ChartPath) {
  const color = PAPER.series[series % PAPER.series.length];
  const plain = { fill: undefined, fillOpacity: 1, stroke: undefined, width: 1 };
  switch (kind) {
    case 'grid':
      return { ...plain, stroke: PAPER.grid };
    case 'axis':
      return { ...plain, stroke: PAPER.text };
    case 'band':
      return { ...plain, fill: color, fillOpacity: BAND_OPACITY };
    case 'line':
      return { ...plain, stroke: color, width: LINE_WIDTH };
    case 'bar':
      return { ...plain, fill: color };
    case 'marker':
      return { ...plain, fill: PAPER.background, stroke: color, width: LINE_WIDTH };
  }
}

function dash({ series = 0 }: ChartPath): readonly number[] {
  return dashOfSeries(series);
}

function dashOf(path: ChartPath): Record<string, string> {
  const lengths = path.kind === 'line' ? dash(path) : [];
  return lengths.length > 0 ? { 'stroke-dasharray': lengths.join(' ') } : {};
}

function appendTexts(
  svg: SVGSVGElement,
  { texts }: ChartLayout,
  attributes: Record<string, string>,
): void {
  for (const { text, x, y, anchor } of texts) {
    const made = node('text', {
      x: String(x),
      y: String(y),
      'text-anchor': anchor,
      ...attributes,
    });
    made.textContent = visibleText(text);
    svg.append(made);
  }
}

function frame(layout: ChartLayout): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${layout.width} ${layout.height}`);
  for (const [name, value] of Object.entries(sizeOf(layout))) svg.setAttribute(name, value);
  return svg;
}

function sizeOf({ width, height }: ChartLayout) {
  return { width: String(width), height: String(height) };
}

function node(tag: 'path' | 'rect' | 'text', attributes: Record<string, string>): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
