import type { Uri } from 'vscode';
import type { QuestionState } from '../../preference/studyPairs.ts';
import type { Problem } from '../../records/jsonl.ts';
import type { Selection } from '../../scoring/selection.ts';
import type { StudyConfig } from '../../study/config.ts';
import type { StudyIndex } from '../../study/studyIndex.ts';

/** A study as the editor shows it. */
export interface OpenStudy {
  /** Absolute. */
  readonly dir: string;
  readonly uri: Uri;
  readonly name: string;
  /** Undefined while sealong.json is wrong: states go on with the last good one, else with the paper's values. */
  readonly config: StudyConfig | undefined;
  /** Also where sealong.json is right and the strategy that it names is missing. */
  readonly configError: string | undefined;
  /** Scores, policy and other reviewers are to be hidden, also while sealong.json is wrong. */
  readonly blind: boolean;
  /** A new object after a file was rewritten: not to be kept. */
  readonly index: StudyIndex;
  readonly selection: Selection;
  /** Trajectories that a question is to have. */
  readonly expected: number;
  readonly loading: boolean;
  readonly problems: readonly Problem[];
  /** Another number whenever anything but decisions came in: a queue that is being walked stays as it is until then. */
  readonly revision: number;
  state: (questionId: string) => QuestionState;
  /** The same, for who goes through all questions: states of thousands are kept by nobody. */
  passingState: (questionId: string) => QuestionState;
  /** Another number whenever anything that is known of any question has become another. */
  readonly version: number;
  /** Another number whenever a question's state has become another one. */
  stateVersion: (questionId: string) => number;
  /** Whether the clusters of a question's final answers are known: else its state makes them when they are asked for. */
  isClustered: (questionId: string) => boolean;
  /** Questions whose final answers are still being read. */
  readonly clustersDue: number;
  /** Resolves when all are read, or when that failed. */
  allClustered: () => Promise<void>;
  /** Another number whenever answers were read that are not those of a decision. */
  readonly clustersRevision: number;
}
