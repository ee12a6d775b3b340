const SVG = 'http://www.w3.org/2000/svg';

/** Strokes on a 16 x 16 field. */
const STROKES = {
  previous: 'M10 3 5 8l5 5',
  next: 'M6 3l5 5-5 5',
  undo: 'M6 3 3 6l3 3 M3 6h6a4 4 0 0 1 0 8H6',
  redo: 'M10 3l3 3-3 3 M13 6H7a4 4 0 0 0 0 8h3',
  table: 'M2 3h12v10H2z M2 6.5h12 M2 10h12 M6.5 3v10',
  heatmap: 'M2 2h5v5H2z M9 2h5v5H9z M2 9h5v5H2z M9 9h5v5H9z',
  help: 'M5.5 6a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8 M8 12.4v.4',
  context: 'M3 2h10v12H3z M5.5 5h5 M5.5 8h5 M5.5 11h3',
  close: 'M4 4l8 8 M12 4l-8 8',
} as const;

export type IconName = keyof typeof STROKES;

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  for (const [key, value] of Object.entries({
    width: '16',
    height: '16',
    viewBox: '0 0 16 16',
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': '1.3',
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    'aria-hidden': 'true',
  })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', STROKES[name]);
  svg.append(path);
  return svg;
}
