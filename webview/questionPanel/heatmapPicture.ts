import type { RGBColor } from 'd3-color';
import type { PanelPair } from '../../src/protocol/panel.ts';
import type { Bracket } from './clustering/clusterTree.ts';
import type { MapGeometry } from './geometry.ts';
import type { Ramp } from './ramp.ts';
import type { Utilities } from './utilities.ts';

/** Of the theme, what a picture needs. */
export interface PictureColours {
  highContrast: boolean;
  background: RGBColor;
  foreground: RGBColor;
  muted: RGBColor;
  chosen: RGBColor;
  rejected: RGBColor;
  focus: RGBColor;
  fontFamily: string;
}

/** All that the heatmap shows, on the screen and in files. */
export interface HeatmapPicture {
  geometry: MapGeometry;
  /** Of what is shown: its rows and columns are those of the geometry. */
  utilities: Utilities;
  ramp: Ramp;
  theme: PictureColours;
  pair: PanelPair;
  /** Column labels, in the order of the columns. */
  labels: readonly string[];
  /** Scores of the rows, in their order. */
  scores: readonly (number | null)[];
  /** The tree over the columns, of which the first shown is `firstColumn`. */
  tree: { brackets: readonly Bracket[]; firstColumn: number } | null;
}
