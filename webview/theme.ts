import { rgb, type RGBColor } from 'd3-color';
import { legible } from './contrast.ts';

/** The editor's colours that a canvas needs as numbers; everything else uses the CSS variables directly. */
export interface Theme {
  dark: boolean;
  highContrast: boolean;
  background: RGBColor;
  foreground: RGBColor;
  muted: RGBColor;
  chosen: RGBColor;
  rejected: RGBColor;
  /** Texts that warn. */
  warning: RGBColor;
  /** High end of sequential scales. */
  heat: RGBColor;
  focus: RGBColor;
  fontFamily: string;
}

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const classes = document.body.classList;
  const highContrastLight = classes.contains('vscode-high-contrast-light');
  const highContrast = highContrastLight || classes.contains('vscode-high-contrast');
  const dark = !highContrastLight && !classes.contains('vscode-light');

  const colour = (fallback: string, ...names: readonly string[]): RGBColor => {
    for (const name of names) {
      const parsed = rgb(style.getPropertyValue(`--vscode-${name}`).trim());
      if (!Number.isNaN(parsed.r)) return parsed;
    }
    return rgb(fallback);
  };
  // Themes may leave a colour out; the fallbacks are plain black, white and greys, and legible.
  const foreground = colour(dark ? 'white' : 'black', 'editor-foreground', 'foreground');
  const background = colour(dark ? 'black' : 'white', 'editor-background');
  const accent = (name: string): RGBColor =>
    legible(colour(foreground.formatHex(), name), background, foreground);
  return {
    dark,
    highContrast,
    background,
    foreground,
    muted: colour('gray', 'descriptionForeground', 'disabledForeground'),
    chosen: accent('charts-blue'),
    rejected: accent('charts-orange'),
    warning: accent('editorWarning-foreground'),
    heat: colour(foreground.formatHex(), 'charts-purple'),
    focus: colour(foreground.formatHex(), 'focusBorder', 'contrastActiveBorder'),
    fontFamily: style.getPropertyValue('--vscode-font-family').trim() || 'sans-serif',
  };
}

/** The accents as CSS variables: the chart colours of a theme are made for lines and too pale for some texts. */
export function applyAccents(theme: Theme): void {
  document.body.style.setProperty('--chosen', theme.chosen.formatHex());
  document.body.style.setProperty('--rejected', theme.rejected.formatHex());
  document.body.style.setProperty('--warning', theme.warning.formatHex());
}

/** The editor changes a theme by the class of `body` and the variables on the root element's style. */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
  observer.observe(document.documentElement, {
    attributes: true,
    attributeFilter: ['style', 'class'],
  });
}
