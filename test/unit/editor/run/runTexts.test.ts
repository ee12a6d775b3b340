import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace, progressText } from '../../../../src/pace.ts';
import { doneText, runTitle, unfinishedText } from '../../../../src/editor/run/runTexts.ts';

test('progress says how far, how fast and how long still', () => {
  const pace = new Pace();
  const progress = (done: number) =>
    ({
      type: 'progress',
      done,
      total: 240,
      unit: 'trajectories',
      completionTokens: done * 33,
    }) as const;
  pace.add(progress(95), 0);
  assert.equal(progressText(progress(95), pace), '95 of 240');
  pace.add(progress(96), 1000);
  assert.equal(progressText(progress(96), pace), '96 of 240 · 33 tokens/s · 2 min left');
  assert.equal(runTitle('sample', 'harrow'), 'Sampling harrow');
});

test('bytes are said in megabytes', () => {
  const progress = { type: 'progress', done: 5e6, total: 91e6, unit: 'bytes' } as const;
  assert.equal(progressText(progress, new Pace()), '5.0 of 91 MB');
});

test('every end of a run offers what comes next', () => {
  assert.deepEqual(
    doneText('sample', 'harrow', { added: 144, trajectories: 240, failed: 0, truncated: 3 }),
    {
      message: 'Sampled 240 trajectories of harrow (3 truncated).',
      next: ['score'],
    },
  );
  assert.deepEqual(doneText('score', 'harrow', { scorer: 'mbr_embedding', questions: 1 }), {
    message: 'Scored 1 question of harrow with mbr_embedding.',
    next: ['openSmallestMargin', 'export'],
  });
  const scored = { scorer: 'mbr_embedding', questions: 2, truncated: 3, unscored: 0, unparsed: 0 };
  assert.equal(
    doneText('score', 'harrow', scored).message,
    'Scored 2 questions of harrow with mbr_embedding (3 compared by their beginning alone).',
  );
  assert.deepEqual(
    doneText('export', 'harrow', { rows: 28, overridden: 2, left_out: { equal_texts: 2 } }).message,
    'Exported 28 pairs of harrow (2 decided by reviewers, 2 left out).',
  );
  assert.deepEqual(
    doneText('synthesize', 'harrow', { questions: 2048 }).message,
    'harrow holds 2,048 questions.',
  );
});

test('after a run with another scorer comes making it that of the study', () => {
  const summary = { scorer: 'mbr_rouge', questions: 2 };
  assert.deepEqual(doneText('score', 'harrow', summary, { scorer: 'mbr_embedding' }).next, [
    'useScorer',
    'report',
  ]);
  assert.deepEqual(doneText('score', 'harrow', summary, { scorer: 'mbr_rouge' }).next, [
    'openSmallestMargin',
    'export',
  ]);
});

test('a summary of another shape still gives a sentence', () => {
  for (const verb of ['synthesize', 'sample', 'score', 'export'] as const)
    assert.match(doneText(verb, 'harrow', {}).message, /harrow/);
});

test('a run that did not end says how far it came, why, and what its samples are like', () => {
  const flaws = { failed: 0, empty: 0, refused: 0, truncated: 0, duplicate: 0 };
  const harrow = {
    ...{ study: 'harrow', total: 65536, missing: 64332, stopped: undefined },
    left: '64,332 samples, 1.2B prompt tokens',
  };
  assert.equal(
    unfinishedText({ ...harrow, quality: { flaws, failures: {} } }),
    'Sampling of harrow stopped at 1,204 of 65,536 samples. Left: 64,332 samples, 1.2B prompt tokens.',
  );
  assert.equal(
    unfinishedText({
      ...harrow,
      stopped: 'Could not reach gpu-1:8000: nothing listens there; is the server running?',
      quality: {
        flaws: { ...flaws, truncated: 41, failed: 3 },
        failures: { 'the prompt does not fit': 2, 'it was refused': 1 },
      },
    }),
    'Sampling of harrow stopped at 1,204 of 65,536 samples: Could not reach gpu-1:8000: nothing listens there; is the server running? Of these 41 truncated, 3 failed (the prompt does not fit). Left: 64,332 samples, 1.2B prompt tokens.',
  );
});

test('where a study is reviewed blind no end of a run offers what would show scores or pairs', () => {
  const of = { scorer: 'mbr_embedding', blind: true };
  assert.deepEqual(doneText('score', 'harrow', { scorer: 'mbr_rouge', questions: 1 }, of).next, [
    'report',
  ]);
  assert.deepEqual(doneText('score', 'harrow', {}, of).next, []);
  assert.deepEqual(doneText('import', 'harrow', {}, of).next, ['synthesisReport']);
});
