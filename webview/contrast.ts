import { rgb, type RGBColor } from 'd3-color';
import { interpolateLab } from 'd3-interpolate';

/** WCAG 2 contrast ratio, 1 to 21. */
export function contrastRatio(a: RGBColor, b: RGBColor): number {
  const [lighter = 0, darker = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (lighter + 0.05) / (darker + 0.05);
}

/** `colour`, moved towards `foreground` only as far as small text of it needs on `background` (ratio 4.5). */
export function legible(colour: RGBColor, background: RGBColor, foreground: RGBColor): RGBColor {
  const towards = interpolateLab(colour, foreground);
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = rgb(towards(share));
    if (contrastRatio(mixed, background) >= 4.5) return mixed;
  }
  return foreground;
}

function luminance({ r, g, b }: RGBColor): number {
  const [red = 0, green = 0, blue = 0] = [r, g, b].map((channel) => {
    const share = channel / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
