/**
 * Every message between the editor and the question panel. Texts of models and datasets travel as data and are only ever
 * shown as text.
 */
import type { MeanLengthGap } from '../preference/meanLengthGap.ts';
import type { DecisionKind } from '../records/schemas.ts';
import type { Flaw } from '../sampling/quality.ts';

export interface PanelTrajectory {
  index: number;
  text: string;
  finishReason: string;
  completionTokens: number | null;
  /** Score under the panel's scorer; null where it was not scored. */
  score: number | null;
  /** Set where the text is longer than the scorer's model takes, so that only its beginning was compared. */
  scoredInPart?: true;
  /** What speaks against the sample, if anything: that it was cut off, refused, is empty, repeats another. */
  flaws: readonly Flaw[];
  /** Requests made for it, where it was not one: retrying shifts what is sampled. */
  attempts?: number;
  /** It has no text, and takes no part in scores and pairs. */
  failed: boolean;
  /** Key of the answer cluster that its final answer is in; null where no answer was found. */
  cluster: string | null;
  /** Its own wording of that answer: one of several that the cluster may hold. */
  wording: string | null;
  /** Where that comes from; null where no rule finds an answer. */
  answerFrom: AnswerSource | null;
}

/** The rule that found an answer, and where in the text (UTF-16 units); or the reviewer who read it otherwise. */
export type AnswerSource =
  | {
      kind: 'rule';
      rule: string;
      /** It is one of the study's, not as it comes with SeaLong. */
      own: boolean;
      /** It counts only where another trajectory says the same. */
      weak: boolean;
      start: number;
      end: number;
    }
  | { kind: 'reviewer'; reviewer: string };

/** The final answers of the trajectories, put together where they mean the same; largest first. */
export interface PanelAnswers {
  clusters: { key: string; label: string; count: number }[];
  /** Trajectories in which no final answer was found. */
  unclear: number;
  /** Of the shares of the clusters, in bits. */
  entropy: number;
}

/** A question's context as its passages; texts are as the model got them. */
export interface PanelContext {
  passages: { number: number; title: string; related: boolean; text: string }[];
}

/** Who put a trajectory into the pair: the study's policy or the dataset it came from, or a reviewer. */
export interface PanelChoice {
  index: number;
  by:
    | { kind: 'policy' | 'dataset' }
    | { kind: 'reviewer'; reviewer: string; at: string; reason?: string };
}

export interface PanelPair {
  chosen: PanelChoice | null;
  rejected: PanelChoice | null;
  /** Where the pair comes from that reviewers decide on: the study's policy, or a dataset that says its sides. */
  source: 'policy' | 'dataset';
  /** What that alone would take. */
  policy: { chosen: number | null; rejected: number | null };
  /** Score of chosen minus score of rejected. */
  margin: number | null;
  /** Why the question gives no pair, for people. */
  leftOut: string | null;
  /** Where reviewers come to different pairs: what each of them made of the question. */
  disputed: { reviewer: string; made: string }[];
}

export interface PanelDecision {
  id: string;
  kind: DecisionKind;
  reviewer: string;
  at: string;
  text: string;
  reason?: string;
}

/** Utilities of the scored trajectories: `values[i * n + j]` is u(candidate indices[i], reference indices[j]). */
export interface PanelMatrix {
  indices: number[];
  values: Float32Array;
  symmetric: boolean;
}

/** How each of the scorers that scored the question sees it. */
export interface PanelScorers {
  scorers: {
    scorer: string;
    /** Index of the trajectory that it puts first. */
    winner: number;
    /** Scored trajectories; equal scores have the same rank, from 1. */
    standings: { index: number; score: number; rank: number }[];
  }[];
  /** Winners with the same text under one label: indices in the same group say the same. */
  winners: { indices: number[]; scorers: string[] }[];
  /** Correlations are null where they are not defined. */
  pairs: {
    scorers: [string, string];
    sameWinner: boolean;
    spearman: number | null;
    kendall: number | null;
  }[];
}

export interface PanelQuestion {
  study: string;
  questionId: string;
  question: string;
  contextTokens: number;
  documents: { title: string; related: boolean }[];
  /**
   * Position in the queue that next and previous walk; `at` counts from 1, and is 0 where the question is not in it. `view`
   * is what the queue is called, null where it is all questions as in the file; `audit` says that this one was mixed in at
   * random.
   */
  position: { at: number; of: number; view: { title: string; audit: boolean } | null };
  /** Scores, the policy's pair and what others decided are left out, so that nothing sways the reviewer. */
  blind: boolean;
  /** The numbers of the samples were drawn for this reviewer: those of the files would tell the sides. */
  renumbered: boolean;
  scorer: string | null;
  expected: number;
  trajectories: PanelTrajectory[];
  /** Null where fewer than two scorers scored the question. */
  scorers: PanelScorers | null;
  matrix: PanelMatrix | null;
  /** Why there is no matrix, and what to do. */
  matrixMissing: string | null;
  pair: PanelPair;
  answers: PanelAnswers | null;
  decisions: PanelDecision[];
  /** Whether a flag for discussion stands. */
  flagged: boolean;
  canUndo: boolean;
  canRedo: boolean;
  reviewer: string;
  /** Reasons offered for an override. */
  reasons: string[];
  /** False in an untrusted workspace or a read-only folder, with the reason. */
  readOnly: string | null;
}

export const ROW_ORDERS = ['score', 'sample', 'cluster'] as const;
export type RowOrder = (typeof ROW_ORDERS)[number];

export const SAVE_FORMATS = ['svg', 'png', 'csv'] as const;
export type SaveFormat = (typeof SAVE_FORMATS)[number];

/** What the panel keeps over a reload through `setState`; the editor reopens the panel from it. */
export interface SavedPanel {
  study: string;
  questionId: string;
  /** Which panel it is: the editor keeps by it what is newer than this. */
  panel: string | null;
  order: RowOrder;
  table: boolean;
  /** Whether the texts are shown as their differences, and whether the context is open. */
  compare: boolean;
  context: boolean;
  /** Share of the window's height that the context has; null: as it comes. */
  contextShare: number | null;
  /** The answer whose rows alone are shown. */
  filter: string | null;
  /** Focused row and column by trajectory index; a row alone has no column. */
  selection: { row: number; column: number | null } | null;
}

export type ToPanel =
  | { type: 'question'; question: PanelQuestion }
  /** The question that comes next, to be kept and shown at once when the reviewer goes on. */
  | { type: 'preload'; question: PanelQuestion }
  /** The answer to a request for the context. */
  | { type: 'context'; questionId: string; context: PanelContext }
  /** Of all pairs of the study: how much longer chosen is than rejected. */
  | { type: 'lengthBias'; bias: MeanLengthGap }
  /** Runs one of the panel's own actions, as a key bound in the editor asks for it. */
  | { type: 'action'; action: PanelAction }
  /** The editor knows now whether letters are commands: keys pressed before are lost to it. */
  | { type: 'listening'; listening: boolean }
  /** The keys that are bound to the actions now, as people write them. */
  | { type: 'keys'; keys: BoundKeys }
  | { type: 'reply'; request: number; ok: true }
  | { type: 'reply'; request: number; ok: false; message: string };

/** What the panel can be asked to do: each is a command of the editor, with a key that can be changed there. */
export const PANEL_ACTIONS = [
  'choose',
  'reject',
  'agree',
  'swap',
  'bothBad',
  'skip',
  'flag',
  'note',
  'reason',
  'undo',
  'redo',
  'next',
  'previous',
  'toggleOrder',
  'toggleTable',
  'toggleScorers',
  'zoomIn',
  'zoomOut',
  'zoomWhole',
  'nextAnswer',
  'correctAnswer',
  'mergeAnswers',
  'splitAnswer',
  'answerRules',
  'compare',
  'openDiff',
  'toggleContext',
  'searchContext',
  'bestPassage',
  'help',
] as const;
export type PanelAction = (typeof PANEL_ACTIONS)[number];

/** What a reviewer can decide besides overriding a side. */
export type PanelVerdict =
  | { kind: 'agree' | 'swap' | 'both_bad' | 'skip' | 'flag'; reason?: string }
  | { kind: 'unflag' }
  | { kind: 'note'; note: string }
  /** The final answer of a trajectory, corrected; null: it gives none. */
  | { kind: 'answer'; index: number; answer: string | null }
  /** Answers, by the labels of their clusters, that are one; or wordings of one cluster that are not. */
  | { kind: 'merge' | 'split'; answers: string[] };

/** Requests carry a number and are always answered by a `reply` with the same one. */
export type PanelRequest =
  | {
      type: 'override';
      questionId: string;
      chosen?: number;
      rejected?: number;
      reason?: string;
      order: RowOrder;
    }
  | { type: 'decide'; questionId: string; decision: PanelVerdict; order: RowOrder }
  | { type: 'undo'; questionId: string }
  | { type: 'redo'; questionId: string }
  | { type: 'navigate'; by: 1 | -1 }
  | { type: 'openTrajectory'; questionId: string; index: number }
  /** Two trajectories in the editor's own diff. */
  | { type: 'openDiff'; questionId: string; left: number; right: number }
  | { type: 'openContext'; questionId: string }
  /** The rules that find answers, to be looked at and changed; from the one of that name on. */
  | { type: 'answerRules'; questionId: string; rule?: string }
  /** Asks for the context as a message of its own: it is large, and often not looked at. */
  | { type: 'context'; questionId: string }
  /** The heatmap as a file, where the user says; `data` is base64 for PNG, else text. */
  | { type: 'save'; questionId: string; format: SaveFormat; data: string };

export type BoundKeys = Partial<Record<PanelAction, string[]>>;

export type FromPanel =
  | { type: 'ready' }
  /** Whether letters are commands now: the panel has the focus, and nothing in it is typed into. */
  | { type: 'listening'; listening: boolean }
  | { type: 'request'; request: number; body: PanelRequest };
