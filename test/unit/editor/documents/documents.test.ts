import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { contextOutline } from '../../../../src/editor/documents/contextOutline.ts';
import { documentTarget, documentUriParts } from '../../../../src/editor/documents/documentUri.ts';
import { HEADER_END, trajectoryText } from '../../../../src/editor/documents/trajectoryText.ts';
import { studyWith, trajectoryRecord, writeRecords } from '../../../support/study.ts';
import { withFolder } from '../../../support/temporary.ts';
import { follow } from '../store/followed.ts';

test('an address gives back what it was made of, and its path has three plain segments', () => {
  const part = fc
    .string({ minLength: 1, unit: 'binary' })
    .filter((text) => !/\p{Surrogate}/u.test(text));
  fc.assert(
    fc.property(
      part,
      part,
      fc.string(),
      fc.nat(2000),
      fc.boolean(),
      (dir, questionId, study, index, context) => {
        const target = context
          ? ({ type: 'context', dir, questionId } as const)
          : ({ type: 'trajectory', dir, questionId, index } as const);
        const parts = documentUriParts(target, study);
        assert.deepEqual(documentTarget(parts), target);
        const segments = parts.path.slice(1).split('/');
        assert.equal(segments.length, 3);
        for (const segment of segments) assert.doesNotMatch(segment, /^\.*$|[\\\s]/);
      },
    ),
    { seed: 1 },
  );
});

test('names without meaning for a path are told from those with one', () => {
  const { path } = documentUriParts(
    { type: 'trajectory', dir: '/s', questionId: '..', index: 7 },
    'a/b',
  );
  assert.equal(path, '/a%2Fb/%2E%2E/trajectory-07.sealong-trajectory');
});

test('an address of somebody else shows nothing', () => {
  for (const query of ['', '{}', '[]', '{"dir":"/s","question":1}', '{"dir":"/s","question":"a"}'])
    assert.equal(
      documentTarget({ path: '/a/b/trajectory-01.sealong-trajectory', query }),
      undefined,
    );
});

test('the text of a trajectory stands unchanged below its header', async () => {
  await withFolder(async (folder) => {
    const { paths } = await studyWith(folder, ['a']);
    const text = '  Plan:\r\n1. `x` <b>\n\n';
    const record = trajectoryRecord('a', 0, text, { finish_reason: 'length' });
    await writeRecords(paths.trajectories, [record]);
    const { study } = follow(folder);
    await study.refresh();
    const state = study.state('a');
    const entry = state.trajectories[0];
    assert.ok(entry);
    const [header, body] = trajectoryText('Who\nis it?', record, entry, {
      state,
      blind: false,
    }).split(`${HEADER_END}\n`);
    assert.equal(body, text);
    const blind = trajectoryText('Who?', record, entry, { state, blind: true });
    assert.match(blind, /^Pair: not in your pair$/m);
    assert.doesNotMatch(blind, /^Score:/m);
    assert.equal(
      header,
      [
        'Question: Who is it?',
        'Trajectory: #00 of a',
        'Score: not scored',
        'Pair: not in the pair',
        'Finish: length (truncated at max_tokens)',
        'Tokens: 5, after a prompt of 20',
        'Model: scripted',
        'Sampled: 2026-01-01T00:00:00.000Z',
        '',
      ].join('\n'),
    );
  });
});

test('passages are found by their headings in turn, with the titles of the data', () => {
  const context =
    'Passage 1:\r\nFish Hall\r\nIt says:\r\nPassage 7:\r\nPassage 2:\r\nOther\r\ntext';
  assert.deepEqual(contextOutline(context, ['The Fish Hall']), [
    { number: 1, title: 'The Fish Hall', startLine: 0, endLine: 3 },
    { number: 2, title: 'Other', startLine: 4, endLine: 6 },
  ]);
  assert.deepEqual(contextOutline('no passages'), []);
});
