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
}

export interface ChartColumn {
  label: string;
  /** One for each series; null where nothing was measured. */
  values: (number | null)[];
  /** Written above the column. */
  note?: string;
}
