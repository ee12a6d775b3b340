import assert from 'node:assert/strict';
import { test } from 'node:test';
import { questionRow } from '../../../../src/editor/tree/questionRow.ts';
import { inertText, oneLine } from '../../../../src/editor/tree/row.ts';
import { orderTrajectories, trajectoryRow } from '../../../../src/editor/tree/trajectoryRow.ts';
import { questionState, type QuestionState } from '../../../../src/preference/studyPairs.ts';
import { blindState } from '../../../../src/review/blindState.ts';
import type { DecisionRecord } from '../../../../src/records/schemas.ts';
import type { QuestionEntry, ScoreEntry, TrajectoryEntry } from '../../../../src/study/entries.ts';

const question: QuestionEntry = {
  id: 'q-1',
  question: 'Who founded the college\nwhere the engineer taught?',
  contextTokens: 800,
  documents: 5,
  line: 1,
  offset: 0,
  length: 10,
};

function entry(index: number, finishReason = 'stop', text = `text ${index}`): TrajectoryEntry {
  const place = { offset: index * 10, length: 10 };
  return {
    ...{ questionId: 'q-1', index, sampling: 's', finishReason, completionTokens: 9, text },
    ...{ characters: finishReason === 'error' ? 0 : 40, ...place },
  };
}

function state(
  trajectories: TrajectoryEntry[],
  scores?: number[],
  decisions: DecisionRecord[] = [],
): QuestionState {
  const score: ScoreEntry | undefined = scores && {
    questionId: 'q-1',
    scorer: 'mbr_embedding',
    config: 'c',
    sampling: 's',
    indices: scores.map((_, index) => index),
    scores,
    texts: undefined,
    truncated: [],
    matrix: undefined,
  };
  const policy = { rejected: 'random_lower_half', seed: 42 } as const;
  return questionState({
    ...{ questionId: 'q-1', question: '', sampling: 's', score, policy, decisions },
    trajectories: () => trajectories,
    settlement: { rule: 'latest' },
  });
}

const byAda: DecisionRecord = {
  id: 'd',
  question_id: 'q-1',
  sampling: 's',
  kind: 'override',
  chosen: 1,
  reviewer: 'Ada',
  at: '2026-01-01T00:00:00Z',
};
const SEEN = { blind: false };
const four = [entry(0), entry(1), entry(2), entry(3, 'length')];
const text = 'Who founded the college where the engineer taught?';

test('a question says how far it is, in numbers first and in words', () => {
  const row = (...args: Parameters<typeof state>) => {
    const { description, contextValue } = questionRow(question, state(...args), {
      expected: 4,
      blind: false,
    });
    return [contextValue, description.replace(/ · no clear answer( · 1 truncated)? · Who .*$/, '')];
  };
  assert.equal(
    questionRow(question, state([]), { expected: 4, blind: false }).description,
    `0/4 · ${text}`,
  );
  assert.deepEqual(row(four.slice(0, 3)), ['question partial', '3/4']);
  assert.deepEqual(row(four), ['question sampled', '4/4 · not scored']);
  assert.deepEqual(row(four, [0.9, 0.8, 0.5, 0.5]).at(0), 'question scored');
  assert.deepEqual(row([entry(0, 'error'), entry(1, 'error')]), [
    'question failed',
    '0/4 · 2 failed',
  ]);
  assert.deepEqual(row([entry(0), entry(1, 'stop', 'text 0')], [0.9, 0.8]), [
    'question leftOut',
    '2/4 · margin 0.100 · left out: chosen and rejected have the same text',
  ]);
  const overridden = row(four, [0.9, 0.8, 0.5, 0.5], [byAda]);
  assert.equal(overridden[0], 'question overridden');
  assert.match(overridden[1] ?? '', /^margin 0\.300 · overridden by Ada$/);
});

test('every state of a question is spoken, and its tooltip holds the whole question', () => {
  const row = questionRow(question, state(four, [0.9, 0.8, 0.5, 0.5], [byAda]), {
    expected: 4,
    blind: false,
  });
  assert.match(
    row.spoken,
    /^question q-1, overridden by Ada, 4 of 4 trajectories, margin 0\.300, no clear answer, 1 truncated, Who/,
  );
  const details = new Map(row.details?.().map(({ term, value }) => [term, value]));
  assert.equal(details.get('Question'), question.question);
  assert.equal(details.get('Chosen'), '#01 by Ada');
  assert.equal(details.get('Scorer'), 'mbr_embedding');
});

test('a question says how its samples divide over answers, and what reviewers made of it', () => {
  const says = (answer: string, index: number) => ({ ...entry(index), answer });
  const split = [says('Wye', 0), says('Wye', 1), says('Morven', 2), entry(3)];
  const row = questionRow(question, state(split, [0.9, 0.8, 0.5, 0.5]), {
    expected: 4,
    blind: false,
  });
  assert.match(row.description, /^margin \d\.\d{3} · answers 2\+1, 1 unclear · Who/);
  assert.match(row.spoken, /2 answers, given 2, 1 times, 1 unclear/);
  const one = questionRow(question, state(split.slice(0, 2), [0.9, 0.8]), {
    expected: 2,
    blind: false,
  });
  assert.match(one.description, /1 answer · Who/);

  const decided = (kind: DecisionRecord['kind'], reviewer = 'Ada'): DecisionRecord => ({
    id: `${reviewer} ${kind}`,
    question_id: 'q-1',
    sampling: 's',
    kind,
    reviewer,
    at: byAda.at,
  });
  const after = (...decisions: DecisionRecord[]) =>
    questionRow(question, state(split, [0.9, 0.8, 0.5, 0.5], decisions), {
      expected: 4,
      blind: false,
    });
  assert.match(after(decided('agree')).description, /agreed by Ada/);
  assert.match(after(decided('skip')).description, /skipped by Ada/);
  assert.match(after(decided('agree'), decided('flag')).description, /flagged by Ada/);
  assert.match(after(decided('both_bad')).description, /left out: a reviewer found neither/);
  const dispute = after(decided('agree'), decided('both_bad', 'Ben'));
  assert.equal(dispute.contextValue, 'question disputed');
  assert.match(dispute.description, /in dispute between Ada, Ben/);
});

test('trajectories come by falling score, those without a score last', () => {
  const indices = (of: QuestionState) => orderTrajectories(of).map(({ index }) => index);
  assert.deepEqual(indices(state(four, [0.5, 0.9, 0.7])), [1, 2, 0, 3]);
  assert.deepEqual(indices(state(four)), [0, 1, 2, 3]);
});

test('a trajectory says what it is in the pair, and by whom', () => {
  const of = state(four, [0.9, 0.8, 0.5, 0.4], [byAda]);
  const rows = four.map((each) => trajectoryRow(each, of, SEEN));
  assert.deepEqual(
    rows.map(({ label }) => label),
    ['#00 0.900', '#01 0.800', '#02 0.500', '#03 0.400'],
  );
  const [first, second, , last] = rows;
  assert.ok(first && second && last);
  assert.equal(first.description, 'overridden by Ada');
  assert.equal(first.contextValue, 'trajectory overridden');
  assert.equal(second.description, 'chosen by Ada');
  assert.equal(second.contextValue, 'trajectory chosen overridden');
  assert.match(last.description, /truncated$/);
  assert.equal(second.spoken, 'trajectory 1, chosen by Ada, score 0.800');
  assert.ok(rows.slice(2).some(({ description }) => description.startsWith('rejected')));
  const refused = trajectoryRow(entry(4, 'error'), state([entry(4, 'error')]), SEEN);
  assert.deepEqual(refused.description, 'failed');
  assert.equal(refused.label, '#04');
});

test('a long text is cut between words and never inside a character', () => {
  assert.equal(oneLine('one two three', 10), 'one two…');
  assert.equal(oneLine('  a\n b ', 10), 'a b');
  assert.equal(oneLine('aaa😀bbb', 4), 'aaa…');
});

test('blind, a row says neither score nor pair, nor that nothing was scored', () => {
  const seen = blindState(state(four, [0.9, 0.8, 0.5, 0.4], [byAda]), 'Ben');
  const row = questionRow(question, seen, { expected: 4, blind: true });
  assert.equal(row.contextValue, 'question unreviewed');
  assert.match(row.spoken, /^question q-1, not reviewed, 4 of 4 trajectories/);
  const told = JSON.stringify([row, row.details?.()]);
  for (const word of ['Ada', 'margin', 'scored', 'policy', 'Chosen'])
    assert.ok(!told.includes(word), `${word} in ${told}`);
  const first = trajectoryRow(entry(0), seen, { blind: true });
  assert.equal(first.spoken, 'trajectory 0');
  assert.equal(first.label, '#00');
});

test('what would not be seen in a question or an answer stands in its row by name, and turns nothing beside it', () => {
  const tricky = { ...question, question: 'Was it \u202Edeb\u202C or\u200B \u05D0\u05D1?' };
  const row = questionRow(tricky, state([entry(0)]), { expected: 8, blind: false });
  assert.match(row.description, /⟨RLO⟩deb⟨PDF⟩ or⟨ZWSP⟩/);
  assert.match(row.description, /\u2068Was it .*\u2069$/u);
  const failed = { ...entry(0, 'error'), error: 'no \u001B[31mroom' };
  const details = trajectoryRow(failed, state([failed]), { blind: false }).details?.();
  assert.ok(details?.some(({ value }) => value === 'no ⟨ESC⟩[31mroom'));
});

test('in a tooltip neither entities nor addresses mean anything', () => {
  assert.equal(
    inertText('&#8238; https://a.example www.b.example c@d.example'),
    '&amp;#8238; https&colon;//a.example www&period;b.example c&commat;d.example',
  );
});
