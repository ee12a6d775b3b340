import { scaleLinear } from 'd3-scale';
import type { ReportBar } from '../../src/protocol/report.ts';
import { element } from '../element.ts';

/** Percent, so that reports of different studies compare by eye. */
const DOMAIN = [0, 100] as const;

/**
 * Horizontal bars that are a table as well: each row says its value in words, so a screen reader and a colour-blind person
 * lose nothing.
 */
export function barTable(caption: string, bars: readonly ReportBar[]): HTMLElement {
  const width = scaleLinear(DOMAIN, [0, 100]).clamp(true);
  const rows = bars.map(({ label, what, value }) => {
    const bar = element('div', { class: 'bar', 'aria-hidden': 'true' });
    bar.style.width = `${String(width(value ?? 0))}%`;
    // Its border alone would look like a little.
    bar.hidden = (value ?? 0) === 0;
    return element(
      'tr',
      { 'data-bar': label },
      element('th', { scope: 'row' }, label, element('span', { class: 'what' }, what)),
      element('td', { class: 'value' }, value === null ? 'not measured' : `${value.toFixed(1)} %`),
      element('td', { class: 'track' }, element('div', { class: 'rail' }, bar)),
    );
  });
  return element(
    'table',
    { class: 'bars' },
    element('caption', {}, caption),
    element('tbody', {}, ...rows),
  );
}
