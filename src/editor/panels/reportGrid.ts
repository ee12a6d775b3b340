import type { ReportGrid } from '../../protocol/report.ts';

/** A table as plain text, in columns. */
export function gridText({ caption, columns, rows }: ReportGrid): string {
  const lines = [['', ...columns], ...rows.map(({ label, cells }) => [label, ...cells])];
  const widths = (lines[0] ?? []).map((_, at) =>
    Math.max(...lines.map((line) => cell(line, at).length)),
  );
  return [
    caption,
    ...lines.map((line) =>
      widths
        .map((width, at) =>
          at === 0 ? cell(line, at).padEnd(width) : cell(line, at).padStart(width),
        )
        .join('  ')
        .trimEnd(),
    ),
  ].join('\n  ');
}

/** Comma-separated values (RFC 4180). */
export function csvText(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows
    .map((row) => row.map((value) => csvCell(value === null ? '' : String(value))).join(','))
    .join('\r\n')
    .concat('\r\n');
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function cell(line: readonly string[], at: number): string {
  return line[at] ?? '';
}
