import * as z from 'zod';
import { isAboutJobs } from '../../cluster/jobRequest.ts';
import type { Quality } from '../../sampling/quality.ts';
import type { StageVerb } from '../../stageRequest.ts';

/** What a run does, as a title: "Sampling harrow". */
const DOING: Record<StageVerb, string> = {
  synthesize: 'Importing questions into',
  import: 'Importing a dataset into',
  sample: 'Sampling',
  score: 'Scoring',
  pairs: 'Deriving pairs of',
  export: 'Exporting',
  report: 'Measuring',
  train: 'Training on',
  jobs: 'Following the jobs of',
  fetch: 'Fetching an adapter of',
  cancel: 'Cancelling a job of',
  resume: 'Resuming a job of',
  requeue: 'Putting back a job of',
  extend: 'Extending a job of',
  clean: 'Cleaning up after a job of',
  preflight: 'Looking at a cluster for',
  serve: 'Starting a server for',
  lineage: 'Going back from an adapter of',
};

export function runTitle(verb: StageVerb, study: string): string {
  return `${DOING[verb]} ${study}`;
}

/** What a notification offers next; each is a command, or a way to show what was made. */
export type NextStep =
  | 'synthesisReport'
  | 'sample'
  | 'score'
  | 'useScorer'
  | 'openSmallestMargin'
  | 'export'
  | 'openManifest'
  | 'report';

export const NEXT_STEP_LABEL: Record<NextStep, string> = {
  synthesisReport: 'Synthesis Report',
  sample: 'Sample Trajectories',
  score: 'Score',
  useScorer: 'Make It the Scorer of the Study',
  openSmallestMargin: 'Open Smallest Margin',
  export: 'Export',
  openManifest: 'Open Manifest',
  report: 'Report',
};

const synthesizeSummary = z.object({ questions: z.number() });
const importSummary = z.object({ questions: z.number(), source: z.string() });
const sampleSummary = z.object({
  added: z.number(),
  trajectories: z.number(),
  failed: z.number(),
  truncated: z.number(),
});
const scoreSummary = z.object({
  scorer: z.string(),
  questions: z.number(),
  truncated: z.number().default(0),
  unscored: z.number().default(0),
  unparsed: z.number().default(0),
});
const exportSummary = z.object({
  format: z.string().optional(),
  rows: z.number(),
  overridden: z.number(),
  left_out: z.record(z.string(), z.number()),
});

const trainSummary = z.object({ job: z.string(), pairs: z.number() });

export interface DoneText {
  message: string;
  next: NextStep[];
}

/** What only leads to a refusal where a study is reviewed blind. */
const HIDDEN_STEPS: ReadonlySet<NextStep> = new Set(['useScorer', 'openSmallestMargin', 'export']);

/**
 * The end of a run in a sentence, and what comes after it.
 *
 * @param of the study's scorer: pairs and margins are by it, not by one that was only used for this run; and whether the
 *   study is reviewed blind.
 */
export function doneText(
  verb: StageVerb,
  study: string,
  summary: object,
  of: { scorer?: string; blind?: boolean } = {},
): DoneText {
  const { message, next } = endText(verb, study, summary, of);
  return { message, next: of.blind ? next.filter((step) => !HIDDEN_STEPS.has(step)) : next };
}

function endText(
  verb: StageVerb,
  study: string,
  summary: object,
  of: { scorer?: string },
): DoneText {
  // Their ends are shown where they were asked for, and in the view of jobs.
  if (isAboutJobs(verb)) return { message: '', next: [] };
  switch (verb) {
    case 'synthesize': {
      const known = synthesizeSummary.safeParse(summary).data;
      return {
        message: `${study} holds ${known ? plural(known.questions, 'question') : 'the imported questions'}.`,
        next: ['sample', 'synthesisReport'],
      };
    }
    case 'import': {
      const known = importSummary.safeParse(summary).data;
      return {
        message: `${study} holds ${known ? `${plural(known.questions, 'example')} of ${known.source}` : 'the imported examples'}.`,
        next: ['synthesisReport', 'export'],
      };
    }
    case 'sample': {
      const known = sampleSummary.safeParse(summary).data;
      if (known?.added === 0)
        return {
          message: `${study} has all its ${trajectories(known.trajectories)} already.`,
          next: ['score'],
        };
      const notes = known
        ? [count(known.failed, 'failed'), count(known.truncated, 'truncated')]
        : [];
      return {
        message: `Sampled ${known ? trajectories(known.trajectories) : 'all trajectories'} of ${study}${inBrackets(notes)}.`,
        next: ['score'],
      };
    }
    case 'score': {
      const known = scoreSummary.safeParse(summary).data;
      const notes = known
        ? [
            count(known.truncated, 'compared by their beginning alone'),
            count(known.unscored, 'without a score'),
            count(known.unparsed, 'judgements that could not be read'),
          ]
        : [];
      return {
        message: known
          ? `Scored ${plural(known.questions, 'question')} of ${study} with ${known.scorer}${inBrackets(notes)}.`
          : `Scored ${study}.`,
        next:
          known && of.scorer !== undefined && known.scorer !== of.scorer
            ? ['useScorer', 'report']
            : ['openSmallestMargin', 'export'],
      };
    }
    case 'export': {
      const known = exportSummary.safeParse(summary).data;
      const left = known ? Object.values(known.left_out).reduce((a, b) => a + b, 0) : 0;
      const notes = known
        ? [count(known.overridden, 'decided by reviewers'), count(left, 'left out')]
        : [];
      return {
        message: `Exported ${known ? plural(known.rows, known.format === 'sft' ? 'answer' : 'pair') : 'the pairs'} of ${study}${inBrackets(notes)}.`,
        next: ['openManifest', 'report'],
      };
    }
    case 'pairs':
    case 'report':
    case 'lineage':
      return { message: '', next: [] };
    case 'train': {
      const known = trainSummary.safeParse(summary).data;
      return {
        message: known
          ? `Trained on ${plural(known.pairs, 'pair')} of ${study}: the adapter is in training/${known.job}.`
          : `${study} is trained.`,
        next: ['report'],
      };
    }
  }
}

/**
 * How far a run came that did not end, what its samples are like and what is left to do: "Sampling of harrow stopped at
 * 1,204 of 65,536 samples. Of these 41 truncated, 3 failed (lab: the prompt does not fit). Left: 64,332 samples, ..."
 */
export function unfinishedText(of: {
  study: string;
  total: number;
  missing: number;
  /** Why it ended, where that is known. */
  stopped: string | undefined;
  quality: Pick<Quality, 'flaws' | 'failures'>;
  /** What is left to do. */
  left: string;
}): string {
  const { flaws, failures } = of.quality;
  const [reason] = Object.keys(failures);
  const notes = [
    count(flaws.truncated, 'truncated'),
    count(flaws.failed, `failed${reason === undefined ? '' : ` (${reason})`}`),
  ].filter((note) => note !== '');
  const done = `${(of.total - of.missing).toLocaleString('en')} of ${of.total.toLocaleString('en')}`;
  return [
    `Sampling of ${of.study} stopped at ${done} samples${of.stopped === undefined ? '.' : `: ${ended(of.stopped)}`}`,
    ...(notes.length > 0 ? [`Of these ${ended(notes.join(', '))}`] : []),
    `Left: ${ended(of.left)}`,
  ].join(' ');
}

function ended(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

function plural(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

function trajectories(n: number): string {
  return plural(n, 'trajectory', 'trajectories');
}

function count(n: number, what: string): string {
  return n > 0 ? `${n.toLocaleString('en')} ${what}` : '';
}

function inBrackets(notes: readonly string[]): string {
  const said = notes.filter((note) => note !== '');
  return said.length > 0 ? ` (${said.join(', ')})` : '';
}
