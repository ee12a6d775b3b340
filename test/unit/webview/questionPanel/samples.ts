import type { PanelQuestion, PanelTrajectory } from '../../../../src/protocol/panel.ts';

export function sample(index: number, score: number | null): PanelTrajectory {
  return {
    index,
    text: `text ${index}`,
    finishReason: 'stop',
    completionTokens: 10,
    score,
    flaws: [],
    failed: false,
    cluster: index < 2 ? 'wye' : 'morven',
    wording: index < 2 ? 'wye' : 'morven',
    answerFrom: null,
  };
}

/** Four samples; by score 2, 0, 3, 1; the policy takes 2 and 1. u(i, j) is 0.1 * i + 0.01 * j. */
export function questionOfFour(changes: Partial<PanelQuestion> = {}): PanelQuestion {
  const scores = [0.7, 0.3, 0.9, 0.5];
  return {
    study: 'study',
    questionId: 'q1',
    question: 'Who?',
    contextTokens: 100,
    documents: [],
    position: { at: 1, of: 3, view: null },
    blind: false,
    renumbered: false,
    scorer: 'mbr_embedding',
    expected: 4,
    trajectories: scores.map((score, index) => sample(index, score)),
    scorers: null,
    matrix: {
      indices: [0, 1, 2, 3],
      values: Float32Array.from({ length: 16 }, (_, k) => 0.1 * Math.floor(k / 4) + 0.01 * (k % 4)),
      symmetric: false,
    },
    matrixMissing: null,
    pair: {
      chosen: { index: 2, by: { kind: 'policy' } },
      rejected: { index: 1, by: { kind: 'policy' } },
      source: 'policy',
      policy: { chosen: 2, rejected: 1 },
      margin: 0.6,
      leftOut: null,
      disputed: [],
    },
    answers: {
      clusters: [
        { key: 'wye', label: 'Thomas Wye', count: 2 },
        { key: 'morven', label: 'Ada Morven', count: 2 },
      ],
      unclear: 0,
      entropy: 1,
    },
    decisions: [],
    flagged: false,
    canUndo: false,
    canRedo: false,
    reviewer: 'mara',
    reasons: [],
    readOnly: null,
    ...changes,
  };
}
