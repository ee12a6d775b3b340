import { RANDOM_ALGORITHM } from '../random.ts';
import { parameterHash } from '../study/canonicalHash.ts';
import type { Study } from '../study/study.ts';
import { readManifest } from '../synthesis/manifest.ts';
import { sha256OrNull } from './exportFile.ts';
import type { ExportFormat } from './formats/exportFormat.ts';
import type { pairedStates } from './pairs.ts';
import { PairStatistics } from './pairStatistics.ts';
import type { Split } from './split.ts';
import type { QuestionState } from './studyPairs.ts';
import type { Subset } from './subset.ts';
import type { StudyView } from './studyView.ts';

/** A data file of an export. */
export interface DataFile {
  name: string;
  split: 'train' | 'validation';
  questions: number;
  rows: number;
  bytes: number;
  sha256: string;
}

export interface ManifestInput {
  study: Study;
  view: StudyView;
  format: ExportFormat;
  /** Null where nothing is set apart. */
  split: Split | null;
  /** Undefined where all pairs are in it. */
  subset: Subset | undefined;
  counts: Omit<ReturnType<typeof pairedStates>, 'states'>;
  states: readonly QuestionState[];
  files: readonly DataFile[];
}

/** What is in an export and why, but for time and version: equal content means an equal export. */
export async function manifestContent(input: ManifestInput) {
  const { study, view, format, counts, states, files } = input;
  const scorings = new Set(states.flatMap(({ score }) => score?.config ?? []));
  const statistics = new PairStatistics();
  for (const state of states) statistics.add(state);
  return {
    study: { name: study.name, config: study.config },
    /** What the questions were made of, or imported from. */
    made_from: (await readManifest(study)) ?? null,
    inputs: {
      questions: await sha256OrNull(study.paths.questions),
      trajectories: await sha256OrNull(study.paths.trajectories),
      scores: await sha256OrNull(study.paths.scoreFile(view.selection.scorer)),
    },
    sampling: view.selection.sampling,
    scorer: counts.scorer,
    scoring: [...scorings],
    policy: { ...study.config.pairs, random: RANDOM_ALGORITHM },
    counts: {
      questions: counts.questions,
      pairs: files.reduce((sum, { rows }) => sum + rows, 0),
      overridden: counts.overridden,
      left_out: counts.left_out,
    },
    pairs: statistics.summary(),
    split: input.split && { by: 'question', ...input.split, random: RANDOM_ALGORITHM },
    ...(input.subset ? { subset: { ...input.subset, random: RANDOM_ALGORITHM } } : {}),
    reviewers: decisionsByReviewer(view),
    review: reviewContent(study, view),
    format: format.name,
    files,
  };
}

/** Decisions of each reviewer, undone ones included. */
function decisionsByReviewer(view: StudyView): Record<string, number> {
  const reviewers: Record<string, number> = {};
  for (const { reviewer } of view.index.decisions.values())
    reviewers[reviewer] = (reviewers[reviewer] ?? 0) + 1;
  return reviewers;
}

/** How far the questions were reviewed, and what became of those on which reviewers do not agree. */
function reviewContent({ config }: Study, view: StudyView) {
  const { settle, lead, answer_rules: rules } = config.review;
  const states = [...view.index.questions.keys()].map((id) => view.states.of(id));
  const disputed = states.filter(({ pair }) => pair.disputed);
  return {
    questions: states.filter(({ pair }) => pair.opinions.length > 0).length,
    several_reviewers: states.filter(({ pair }) => pair.opinions.length > 1).length,
    disputed: disputed.length,
    settled_by: settle,
    lead: lead ?? null,
    unsettled: disputed.filter(({ pair }) => pair.leftOut === 'disputed').length,
    answer_rules: rules.length === 0 ? 'built in' : parameterHash(rules),
  };
}
