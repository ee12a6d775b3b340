import type { PanelQuestion } from '../../src/protocol/panel.ts';
import { utilityOf } from './utilities.ts';

/**
 * The scores and the whole utility matrix in the order shown: a line a candidate, a column a reference. Quoted as RFC 4180
 * says; a cell that a spreadsheet would run as a formula begins with an apostrophe.
 */
export function heatmapCsv(question: PanelQuestion, order: readonly number[]): string {
  const labels = new Map(question.answers?.clusters.map(({ key, label }) => [key, label]));
  const byIndex = new Map(question.trajectories.map((each) => [each.index, each]));
  const head = ['candidate', 'score', 'answer', 'pair', ...order.map((index) => `u_${index}`)];
  const lines = order.map((index) => {
    const trajectory = byIndex.get(index);
    const { chosen, rejected } = question.pair;
    const pair = chosen?.index === index ? 'chosen' : rejected?.index === index ? 'rejected' : '';
    return [
      String(index),
      numberCell(trajectory?.score ?? null),
      labels.get(trajectory?.cluster ?? '') ?? '',
      pair,
      ...order.map((reference) => numberCell(utilityOf(question.matrix, index, reference))),
    ];
  });
  return [head, ...lines].map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('');
}

/** As many digits as a float32 has. */
function numberCell(value: number | null): string {
  return value === null ? '' : String(Number(value.toPrecision(7)));
}

function quoted(cell: string): string {
  const isNumber = cell !== '' && Number.isFinite(Number(cell));
  const plain = !isNumber && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
