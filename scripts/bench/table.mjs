/** The comparisons of a section as text: name and ratio, then both figures. */
export function tableOf({ comparisons, notes }) {
  const lines = comparisons.flatMap(({ name, figure, beside, ratio, aim }) => [
    `  ${name}: ${ratioText(ratio)}${aim === undefined ? '' : ` (aim: ${aim})`}`,
    ...[figure, beside].map((side) => `    ${figureText(side)}`),
  ]);
  return [...lines, ...notes.map((note) => `  ${note}`)].join('\n');
}

function figureText({ what, unit, runs, median, min, max }) {
  const range = `${numberText(min)} to ${numberText(max)}`;
  return `${numberText(median).padStart(9)} ${unit.padEnd(11)} ${what} (median of ${runs}; ${range})`;
}

function ratioText(ratio) {
  return `${ratio >= 100 ? ratio.toFixed(0) : ratio.toPrecision(3)}x`;
}

function numberText(value) {
  if (value >= 100) {
    return value.toFixed(0);
  }
  return value >= 10 ? value.toFixed(1) : value.toFixed(value >= 1 ? 2 : 3);
}
