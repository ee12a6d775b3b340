import assert from 'node:assert/strict';
import { test } from 'node:test';
import { panelQuestion, type PanelInput } from '../../../../src/editor/panels/panelQuestion.ts';
import type { DecisionRecord } from '../../../../src/records/schemas.ts';
import { questionState, selection } from '../../../support/questionState.ts';

const scores = [0.9, 0.8, 0.2, null];

function input(more: Partial<PanelInput> = {}): PanelInput {
  return {
    study: '/studies/harrow',
    question: {
      id: 'q',
      question: 'Who?',
      context: 'Passage 1: ...',
      context_tokens: 100,
      documents: [{ title: 'Harrow', start: 0, end: 5, related: true }],
    },
    state: questionState(scores),
    selection,
    texts: new Map([
      [0, 'Ada'],
      [1, 'Ada.'],
      [2, 'Thomas'],
      [3, 'refused'],
    ]),
    matrix: Float32Array.from([1, 0.9, 0.1, 0.9, 1, 0.2, 0.1, 0.2, 1]),
    scores: new Map(),
    expected: 4,
    position: { at: 3, of: 12, view: null },
    blind: false,
    renumbered: false,
    reviewer: 'ann',
    reasons: ['Cut off'],
    readOnly: null,
    answerRules: [],
    ...more,
  };
}

function override(more: Partial<DecisionRecord> = {}): DecisionRecord {
  return {
    id: 'd1',
    question_id: 'q',
    sampling: 's',
    kind: 'override',
    chosen: 1,
    previous: { chosen: 0, rejected: 2 },
    reviewer: 'ann',
    at: '2026-05-01T10:00:00.000Z',
    ...more,
  };
}

test('each sample says which rule found its answer and where, or who read it otherwise', () => {
  const texts = new Map([
    [0, 'We look it up.\nSo the answer is **Ada Morven**.'],
    [1, 'VERDICT = Thomas'],
    [2, 'It was built in 1912.'],
    [3, 'refused'],
  ]);
  const corrected: DecisionRecord = override({ kind: 'answer', index: 2, answer: 'Wye' });
  const { trajectories } = panelQuestion(
    input({
      texts,
      state: questionState(scores, [corrected]),
      answerRules: [{ name: 'verdict', after: ['VERDICT ='] }],
    }),
  );
  const [first, second, third, failed] = trajectories.map(({ answerFrom }) => answerFrom);
  assert.partialDeepStrictEqual(first, { rule: 'the_answer_is', own: false, weak: false });
  assert.ok(first?.kind === 'rule');
  assert.equal(texts.get(0)?.slice(first.start, first.end), 'Ada Morven');
  assert.partialDeepStrictEqual(second, { rule: 'verdict', own: true });
  assert.deepEqual(third, { kind: 'reviewer', reviewer: 'ann' });
  assert.equal(failed, null);
});

test('a question shows its trajectories with scores, its pair and its matrix', () => {
  const shown = panelQuestion(input());
  assert.equal(shown.scorer, 'mbr_embedding');
  assert.deepEqual(
    shown.trajectories.map(({ index, text, score, failed }) => [index, text, score, failed]),
    [
      [0, 'Ada', 0.9, false],
      [1, 'Ada.', 0.8, false],
      [2, 'Thomas', 0.2, false],
      [3, 'refused', null, true],
    ],
  );
  assert.deepEqual(shown.pair.chosen, { index: 0, by: { kind: 'policy' } });
  assert.deepEqual(shown.pair.policy, { chosen: 0, rejected: 2 });
  assert.deepEqual(shown.matrix?.indices, [0, 1, 2]);
  assert.equal(shown.matrix.symmetric, true);
  assert.equal(shown.matrixMissing, null);
  assert.deepEqual(shown.documents, [{ title: 'Harrow', related: true }]);
  assert.deepEqual([shown.canUndo, shown.canRedo], [false, false]);
});

test('each sample comes with what speaks against it, and at which attempt it came', () => {
  const state = questionState(scores);
  const trajectories = state.trajectories.map((entry) =>
    entry.index === 1 ? { ...entry, text: 'digest 0', finishReason: 'length', attempts: 3 } : entry,
  );
  const shown = panelQuestion(input({ state: { ...state, trajectories } })).trajectories;
  assert.deepEqual(
    shown.map(({ flaws }) => flaws),
    [[], ['truncated', 'duplicate'], [], ['failed']],
  );
  assert.deepEqual(
    shown.map(({ attempts }) => attempts),
    [undefined, 3, undefined, undefined],
  );
});

test('a text of which the scorer saw only the beginning says so', () => {
  const state = questionState(scores, [], { truncated: [2] });
  const shown = panelQuestion(input({ state })).trajectories;
  assert.deepEqual(
    shown.map(({ scoredInPart }) => scoredInPart ?? false),
    [false, false, true, false],
  );
});

test('a matrix whose two halves differ is not called symmetric', () => {
  const matrix = Float32Array.from([1, 0, 0, 1, 1, 0, 0, 0, 1]);
  assert.equal(panelQuestion(input({ matrix })).matrix?.symmetric, false);
});

test('where there is no matrix the panel says why and what to do', () => {
  const why = (more: Partial<PanelInput>) =>
    panelQuestion(input({ matrix: undefined, ...more })).matrixMissing ?? '';
  assert.match(why({ state: questionState([]) }), /Sample some/);
  assert.match(why({ state: { ...questionState(scores), score: undefined } }), /not scored/);
  assert.match(
    why({ state: questionState(scores, [], { matrix: undefined }) }),
    /without utilities/,
  );
  assert.match(why({}), /Score the study again/);
  // A matrix of another size than the scores say is as good as lost.
  assert.match(why({ matrix: new Float32Array(4) }), /Score the study again/);
});

test('decisions are told in words, with who decided and why', () => {
  const made = override({ reason: 'Better answer' });
  const undone = override({ id: 'd2', kind: 'undo', target: 'd1', at: '2026-05-01T10:01:00.000Z' });
  const { pair } = panelQuestion(input({ state: questionState(scores, [made]) }));
  assert.deepEqual(pair.chosen, {
    index: 1,
    by: { kind: 'reviewer', reviewer: 'ann', at: made.at, reason: 'Better answer' },
  });
  const shown = panelQuestion(input({ state: questionState(scores, [made, undone]) }));
  assert.deepEqual(
    shown.decisions.map(({ text }) => text),
    ['chose #1 instead of #0', 'took back: chose #1 instead of #0'],
  );
  assert.deepEqual([shown.canUndo, shown.canRedo], [false, true]);
  assert.equal(shown.pair.chosen?.index, 0);
});

test('a reviewer cannot undo what another decided', () => {
  const state = questionState(scores, [override({ reviewer: 'bob' })]);
  assert.equal(panelQuestion(input({ state })).canUndo, false);
});

test('reasons are those of the study', () => {
  assert.deepEqual(panelQuestion(input()).reasons, ['Cut off']);
});

test('a flag stands until somebody takes it away', () => {
  const flag = override({ id: 'f1', kind: 'flag', chosen: undefined, reviewer: 'bo' });
  const unflag = override({
    id: 'f2',
    kind: 'unflag',
    chosen: undefined,
    at: '2026-05-01T11:00:00.000Z',
  });
  const flagged = (...decisions: DecisionRecord[]) =>
    panelQuestion(input({ state: questionState(scores, decisions) })).flagged;
  assert.deepEqual([flagged(), flagged(flag), flagged(flag, unflag)], [false, true, false]);
});

test('answers that a reviewer read are the clusters, and each trajectory knows its own', () => {
  const read = (index: number, answer: string | null) =>
    override({ id: `r${index}`, kind: 'answer', chosen: undefined, index, answer });
  const decisions = [read(0, 'Wye'), read(1, 'wye'), read(2, 'Morven')];
  const shown = panelQuestion(input({ state: questionState(scores, decisions) }));
  assert.deepEqual(
    shown.answers?.clusters.map(({ label, count }) => [label, count]),
    [
      ['Wye', 2],
      ['Morven', 1],
    ],
  );
  assert.deepEqual(
    shown.trajectories.map(({ cluster }) => cluster),
    ['Wye', 'Wye', 'Morven', null],
  );
  assert.equal(shown.answers.unclear, 0);
});

test('each trajectory has its own wording of an answer, and a decision that takes two apart says so', () => {
  const read = (index: number, answer: string) =>
    override({ id: `r${index}`, kind: 'answer', chosen: undefined, index, answer });
  const apart = override({
    id: 's1',
    kind: 'split',
    chosen: undefined,
    answers: ['Ann Wye', 'Wye'],
    at: '2026-05-01T10:05:00.000Z',
  });
  const decisions = [read(0, 'Wye'), read(1, 'Ann Wye'), read(2, 'wye.')];
  const shown = (all: DecisionRecord[]) =>
    panelQuestion(input({ state: questionState(scores, all) }));
  assert.deepEqual(
    shown(decisions).trajectories.map(({ cluster, wording }) => [cluster, wording]),
    [
      ['Wye', 'Wye'],
      ['Wye', 'Ann Wye'],
      ['Wye', 'Wye'],
      [null, null],
    ],
  );
  const split = shown([...decisions, apart]);
  assert.deepEqual(
    split.answers?.clusters.map(({ label, count }) => [label, count]),
    [
      ['Wye', 2],
      ['Ann Wye', 1],
    ],
  );
  assert.equal(split.decisions.at(-1)?.text, 'told apart: Ann Wye, Wye');
});

test('a pair that came with a dataset is the dataset\u2019s, not the policy\u2019s, and unscored is no flaw', () => {
  const state = questionState([]);
  const imported = questionState(scores).trajectories.map((entry) => ({
    ...entry,
    imported: { as: entry.index === 0 ? 'chosen' : 'rejected', score: 4 } as const,
  }));
  const pair = { ...questionState(scores).pair };
  const shown = panelQuestion(input({ state: { ...state, trajectories: imported, pair } }));
  assert.equal(shown.pair.source, 'dataset');
  assert.deepEqual(shown.pair.chosen, { index: 0, by: { kind: 'dataset' } });
  assert.equal(shown.scorer, null);
});

test('in a dispute the panel says what each reviewer made of the pair', () => {
  const state = questionState(scores, [
    override({ chosen: 1, rejected: 0 }),
    override({ id: 'd2', kind: 'swap', chosen: 2, rejected: 0, reviewer: 'bob' }),
  ]);
  assert.deepEqual(panelQuestion(input({ state })).pair.disputed, [
    { reviewer: 'ann', made: 'took #1 over #0' },
    { reviewer: 'bob', made: 'swapped it' },
  ]);
  const alone = questionState(scores, [override()]);
  assert.deepEqual(panelQuestion(input({ state: alone })).pair.disputed, []);
});
