import { hcl, lab, rgb, type RGBColor } from 'd3-color';
import { interpolateLab } from 'd3-interpolate';
import { scaleLinear } from 'd3-scale';

/** Colours of a sequential scale over [low, high], computed once for a theme and a question. */
export interface Ramp {
  low: number;
  high: number;
  /** Colours from low to high, each the four bytes red green blue alpha as they lie in an `ImageData`. */
  pixels: Uint32Array<ArrayBuffer>;
}

const STEPS = 256;
/** In CIELAB lightness, 0 to 100: how far the scale goes beyond `heat`, and what `heat` must keep from the background. */
const BEYOND_HEAT = 20;
const MIN_LIGHTNESS_STEP = 25;

/**
 * From the editor's background through `heat` and on to a lighter (on a light background, darker) shade of it, in Lab so
 * that equal steps of utility look equal. Lightness only ever goes one way, so that the scale reads without colour vision.
 */
export function makeRamp(
  domain: { low: number; high: number },
  colours: { background: RGBColor; heat: RGBColor; foreground: RGBColor },
): Ramp {
  const stops = rampStops(colours);
  const scale = scaleLinear<string>()
    .domain(lightnessShares(stops))
    .range(stops)
    .interpolate(interpolateLab)
    .clamp(true);
  const bytes = new Uint8ClampedArray(STEPS * 4);
  for (let step = 0; step < STEPS; step++) {
    const { r, g, b } = rgb(scale(step / (STEPS - 1)));
    bytes.set([r, g, b, 255], step * 4);
  }
  return { low: domain.low, high: domain.high, pixels: new Uint32Array(bytes.buffer) };
}

function rampStops(colours: {
  background: RGBColor;
  heat: RGBColor;
  foreground: RGBColor;
}): string[] {
  const { background, heat, foreground } = colours;
  const low = interpolateLab(background, heat)(0.07);
  const direction = Math.sign(lab(foreground).l - lab(background).l);
  const { h, c, l } = hcl(heat);
  if ((l - lab(low).l) * direction < MIN_LIGHTNESS_STEP) return [low, foreground.formatRgb()];
  const beyond = Math.max(18, Math.min(88, l + BEYOND_HEAT * direction));
  const end = hcl(h, c * 0.75, beyond);
  return (beyond - l) * direction > 5
    ? [low, heat.formatRgb(), end.formatRgb()]
    : [low, heat.formatRgb()];
}

/** Where each stop lies in 0..1, so that lightness changes evenly along the scale. */
function lightnessShares(stops: readonly string[]): number[] {
  const lightness = stops.map((stop) => lab(stop).l);
  const [from = 0, to = 1] = [lightness[0], lightness.at(-1)];
  return lightness.map((l) => (l - from) / (to - from));
}

/** A value's colour. Where all values are equal, the middle of the scale stands for them. */
export function rampPixel(ramp: Ramp, value: number): number {
  const span = ramp.high - ramp.low;
  const share = span > 0 ? (value - ramp.low) / span : 0.5;
  const step = Math.round(Math.max(0, Math.min(1, share)) * (STEPS - 1));
  return ramp.pixels[step] ?? 0;
}
