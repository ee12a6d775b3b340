import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QuestionFacts } from '../../../src/review/questionFacts.ts';
import { queue } from '../../../src/review/queue.ts';
import { viewSchema, type View } from '../../../src/review/view.ts';
import { BUILT_IN_VIEWS } from '../../../src/review/views.ts';

function facts(place: number, more: Partial<QuestionFacts> = {}): QuestionFacts {
  return {
    ...{ id: `q-${place}`, place, question: 'Who built it?', words: [], contextTokens: 100 },
    ...{ trajectories: 8, flaws: { failed: 0, empty: 0, refused: 0, truncated: 0, duplicate: 0 } },
    ...{
      pairTruncated: false,
      scored: true,
      margin: place / 100,
      spread: 0.5,
      clusters: 1,
      majority: 1,
    },
    ...{
      clustered: true,
      entropy: 0,
      unclear: 0,
      chosen: 0,
      rejected: 1,
      chosenCluster: 0,
      rejectedCluster: 0,
      lengthGap: 5,
      characterGap: 20,
      lengthInTokens: true,
    },
    ...{ overriddenBy: [], reviewedBy: [], outdatedBy: [], skippedBy: [], flaggedBy: [] },
    ...{ notes: 0, disputed: false, leftOut: undefined, ...more },
  };
}
const options = { me: 'ann', seed: 42, auditRate: 0 };
const run = (list: readonly QuestionFacts[], view: Partial<View>, more = {}) =>
  queue(list, viewSchema.parse(view), { ...options, ...more });

test('all conditions of a view must hold', () => {
  const list = [
    facts(0, { flaggedBy: ['bob'], reviewedBy: ['ann'] }),
    facts(1, { flaggedBy: ['bob'] }),
    facts(2, { margin: undefined, flaggedBy: ['bob'] }),
    facts(3),
  ];
  const filter = { flagged: true, margin: { max: 0.5 } };
  assert.deepEqual(run(list, { filter }).ids, ['q-0', 'q-1']);
  assert.deepEqual(run(list, { filter: { ...filter, not_reviewed_by: 'me' } }).ids, ['q-1']);
  assert.deepEqual(run(list, { filter: { reviewed_by: 'ann' } }).ids, ['q-0']);
  assert.deepEqual(run(list, { filter: { text: 'BUILT 3' } }).ids, ['q-3']);
});

test('a view can ask for questions whose samples have a flaw, or have none', () => {
  const none = { failed: 0, empty: 0, refused: 0, truncated: 0, duplicate: 0 };
  const flawed = (['failed', 'empty', 'refused', 'truncated', 'duplicate'] as const).map(
    (flaw, place) => facts(place, { flaws: { ...none, [flaw]: 2 } }),
  );
  const list = [...flawed, facts(5)];
  const filters = ['failed', 'empty', 'refused', 'truncated', 'duplicates'] as const;
  for (const [place, flaw] of filters.entries()) {
    assert.deepEqual(run(list, { filter: { [flaw]: true } }).ids, [`q-${place}`]);
    assert.equal(run(list, { filter: { [flaw]: false } }).ids.length, 5);
  }
});

test('questions stand by their text, by who reviewed them, and by what was decided', () => {
  const list = [
    facts(0, { question: 'who?', reviewedBy: ['ben', 'ann'], flaggedBy: ['ann'] }),
    facts(1, { question: 'Where?' }),
    facts(2, { question: 'when?', reviewedBy: ['ann'], overriddenBy: ['ann'] }),
    facts(3, { question: 'Why?', reviewedBy: ['ann', 'ben'] }),
  ];
  const by = (key: View['sort'][number]['by'], descending = false) =>
    run(list, { sort: [{ by: key, descending }] })
      .ids.map((id) => id.slice(2))
      .join('');
  assert.equal(by('text'), '2103');
  assert.equal(by('reviewer'), '2031', 'those of the same reviewers together, of nobody last');
  assert.equal(by('reviewed'), '1023');
  assert.equal(by('overridden', true), '2013');
  assert.equal(by('flagged', true), '0123');
});

test('what is not known comes last whichever way is up, and equals stay in the order of the file', () => {
  const list = [facts(0, { margin: undefined }), facts(1), facts(2, { margin: 0.01 }), facts(10)];
  assert.deepEqual(run(list, { sort: [{ by: 'margin', descending: false }] }).ids, [
    ...['q-1', 'q-2', 'q-10', 'q-0'],
  ]);
  assert.deepEqual(run(list, { sort: [{ by: 'margin', descending: true }] }).ids, [
    ...['q-10', 'q-1', 'q-2', 'q-0'],
  ]);
  assert.deepEqual(run(list, { sort: [{ by: 'id', descending: true }] }).ids.at(0), 'q-10');
});

test('an audit sample of the wished share is spread among the view, the same for the same seed', () => {
  const list = Array.from({ length: 1000 }, (_, place) => facts(place));
  const view = { filter: { margin: { max: 0.89 } }, audit: 0.1 };
  const { ids, audit } = run(list, view);
  assert.equal(ids.length, 100);
  assert.equal(audit.size, 10);
  assert.equal(new Set(ids).size, ids.length);
  for (let start = 0; start < 100; start += 20)
    assert.equal(ids.slice(start, start + 20).filter((id) => audit.has(id)).length, 2);
  assert.deepEqual(run(list, view).ids, ids);
  assert.notDeepEqual(run(list, view, { seed: 7 }).ids, ids);
});

test('an audit sample leaves out what the reviewer has done, and its lots do not change by that', () => {
  const filter = { margin: { max: 0.49 }, not_reviewed_by: 'me' };
  const list = Array.from({ length: 500 }, (_, place) => facts(place));
  const before = run(list, { filter, audit: 0.2 });
  const [first] = before.audit;
  const after = run(
    list.map((item) => (item.id === first ? { ...item, reviewedBy: ['ann'] } : item)),
    { filter, audit: 0.2 },
  );
  assert.ok(!after.ids.includes(first ?? ''));
  for (const id of before.audit) if (id !== first) assert.ok(after.audit.has(id));
});

test('a question of a view is never its own audit, and a view without rate takes that of the study', () => {
  const list = [facts(0), facts(1)];
  assert.deepEqual(run(list, {}, { auditRate: 0.5 }).audit.size, 0);
  assert.equal(run(list, { filter: { margin: { max: 0 } } }, { auditRate: 0.5 }).audit.size, 1);
});

test('the built-in views are views, and all of them can be run', () => {
  for (const { view } of BUILT_IN_VIEWS) queue([facts(0)], view, options);
  assert.ok(BUILT_IN_VIEWS.length > 5);
});
