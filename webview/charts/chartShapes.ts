/** `series` is the number of what a shape belongs to: each has a colour of its own, and a line a dash and a marker. */
export interface ChartPath {
  kind: 'grid' | 'axis' | 'band' | 'line' | 'marker' | 'bar';
  d: string;
  series?: number;
}
export interface ChartText {
  text: string;
  x: number;
  y: number;
  anchor: 'start' | 'middle' | 'end';
}
/** A chart as shapes, to be drawn in a panel or into a file alike. Lengths are in pixels. */
export interface ChartLayout {
  width: number;
  height: number;
  paths: ChartPath[];
  texts: ChartText[];
}

/** Dashes of the lines, so that colour is not all that tells them apart. */
const DASHES: readonly (readonly number[])[] = [[], [8, 3], [3, 3], [10, 3, 2, 3], [1, 3], [14, 4]];

/** The dash of a series: with its colour, which comes again sooner, one that no other of the first 36 has. */
export function dashOfSeries(series: number): readonly number[] {
  const turn = Math.floor(series / DASHES.length);
  return DASHES[(series + turn) % DASHES.length] ?? [];
}

/** Coordinates need no more digits in a drawing. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** As many colours there are; each comes again with another dash. */
export const SERIES_COLOURS = 6;
