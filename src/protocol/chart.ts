/**
 * A chart of columns: a histogram where `edges` are given (one more than there are columns), else a column for each named
 * group. It is drawn in a panel, and saved as a drawing, a picture or its numbers.
 */
export interface ColumnChart {
  /** Names the files it is saved as. */
  name: string;
  title: string;
  xLabel: string;
  yLabel: string;
  /** What stands side by side in each column; `hue` is the number of a chart colour: 1 is chosen, 2 is rejected. */
  series: { label: string; hue: number }[];
  columns: ChartColumn[];
  edges?: number[];
  /** Upper end of the scale; the largest value where absent. */
  max?: number;
  /** Set where there is nothing to draw: why, and what to do. */
  empty?: string;
}

export interface ChartColumn {
  label: string;
  /** One for each series; null where nothing was measured. */
  values: (number | null)[];
  /** Written above the column. */
  note?: string;
}

/**
 * Asks for a chart as a file: the drawing or picture that the panel made of it (SVG as text, PNG as base64), or its numbers,
 * which the editor has. Where to, the user says in a dialog, which the answer does not wait for.
 */
export type ChartRequest =
  | { type: 'saveChart'; name: string; format: 'svg' | 'png'; data: string }
  | { type: 'saveChart'; name: string; format: 'csv' };
