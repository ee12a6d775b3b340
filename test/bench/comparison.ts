/** One measured quantity over several runs. */
export interface Figure {
  what: string;
  unit: string;
  runs: number;
  median: number;
  min: number;
  max: number;
}

/** Two quantities measured in turns in the same run of the bench. */
export interface Comparison {
  name: string;
  figure: Figure;
  beside: Figure;
  /** Median of `figure` over median of `beside`. */
  ratio: number;
  /** What the figure is to be, where that was said beforehand. */
  aim?: string;
}

/** @throws Error where nothing, or no number, was measured. */
export function figureOf(what: string, unit: string, values: readonly number[]): Figure {
  if (values.length === 0) throw new Error(`Nothing was measured: ${what}.`);
  if (!values.every((value) => Number.isFinite(value) && value >= 0))
    throw new Error(`${what}: ${values.join(', ')} are not all measurements.`);
  const median = medianOf(values);
  return {
    what,
    unit,
    runs: values.length,
    median,
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

export function compare(name: string, figure: Figure, beside: Figure, aim?: string): Comparison {
  if (beside.median === 0) throw new Error(`${beside.what} took no time that could be measured.`);
  const ratio = figure.median / beside.median;
  return { name, figure, beside, ratio, ...(aim === undefined ? {} : { aim }) };
}

/** The end of a measuring program: its comparisons, and what a reader has to know about them, on stdout. */
export function report(comparisons: readonly Comparison[], notes: readonly string[]): void {
  process.stdout.write(`${JSON.stringify({ comparisons, notes })}\n`);
}

export function progress(line: string): void {
  process.stderr.write(`  ${line}\n`);
}

/** Of an even number of values, the mean of the middle two. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const around = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return around.reduce((sum, value) => sum + value, 0) / around.length;
}

/** @throws Error for a variable that `npm run bench` sets and that is not there. */
export function given(name: string): string {
  const value = process.env[name] ?? '';
  if (value !== '') return value;
  throw new Error(`The environment lacks ${name}. Run this by "npm run bench", which sets it.`);
}
