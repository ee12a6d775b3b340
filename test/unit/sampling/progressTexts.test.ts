import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from '../../../src/pace.ts';
import { samplingDetails, samplingText } from '../../../src/sampling/progressTexts.ts';
import type { SamplingProgress, StageProgress } from '../../../src/stage.ts';

const quiet: SamplingProgress = {
  promptTokens: 0,
  cachedTokens: null,
  sharedTokens: 0,
  completionTokens: 0,
  inFlight: 1,
  limit: 4,
  retries: 0,
  failed: 0,
  truncated: 0,
  errors: [],
  nextRetryAtMs: null,
  replicas: [{ host: 'gpu-1:8000', state: 'up', inFlight: 1, questions: 1 }],
};

function progress(done: number, sampling: Partial<SamplingProgress>): StageProgress {
  const whole = { ...quiet, ...sampling };
  return {
    type: 'progress',
    done,
    total: 65536,
    unit: 'trajectories',
    completionTokens: whole.completionTokens,
    sampling: whole,
  };
}

function paced(...marks: StageProgress[]): { pace: Pace; last: StageProgress } {
  const pace = new Pace();
  for (const [second, mark] of marks.entries()) pace.add(mark, second * 1000);
  const last = marks.at(-1);
  assert.ok(last);
  return { pace, last };
}

test('a run that goes well says little', () => {
  const { pace, last } = paced(
    progress(0, {}),
    progress(6, {
      promptTokens: 108_000,
      cachedTokens: 104_760,
      completionTokens: 2400,
      inFlight: 62,
    }),
  );
  assert.equal(samplingText(last, pace), 'in 108K tokens/s, 97 % reused · 62 in flight');
});

test('before anything came only what is in flight is known', () => {
  const { pace, last } = paced(progress(0, {}));
  assert.equal(samplingText(last, pace), '1 in flight');
  assert.equal(samplingText({ type: 'progress', done: 0, total: 1, unit: 'questions' }, pace), '');
});

test('what choices of one request share counts as reused, though the server counts such a prompt once', () => {
  const reused = (sampling: Partial<SamplingProgress>) => {
    const { pace, last } = paced(progress(0, {}), progress(32, sampling));
    const details = samplingDetails(last, pace, 0).map(({ term, value }) => `${term}: ${value}`);
    const first = details.findIndex((line) => line.startsWith('Prompts reused'));
    const end = details.findIndex((line) => line.startsWith('In flight'));
    return [samplingText(last, pace).split(' · ')[0], ...details.slice(first, end)];
  };
  const asked = { promptTokens: 18_000, sharedTokens: 31 * 18_000 };
  assert.deepEqual(reused({ ...asked, cachedTokens: 0 }), [
    'in 18K tokens/s, 97 % reused',
    'Prompts reused: 97 %',
    'from the cache: 0 tokens',
    'within requests: 558K tokens',
  ]);
  assert.deepEqual(reused({ ...asked, cachedTokens: null }).slice(1), [
    'Prompts reused: 97 %',
    'from the cache: not told by the server',
    'within requests: 558K tokens',
  ]);
  assert.deepEqual(reused({ promptTokens: 18_000, cachedTokens: null }), [
    'in 18K tokens/s',
    'Prompts reused: not told by the server',
  ]);
  assert.equal(reused({ promptTokens: 18_000, cachedTokens: 0 })[0], 'in 18K tokens/s, 0 % reused');
});

test('the details hold errors by kind with what is done about them, and each replica', () => {
  const { pace, last } = paced(
    progress(0, {}),
    progress(64, {
      promptTokens: 1_152_000,
      cachedTokens: 1_100_000,
      completionTokens: 25_600,
      inFlight: 60,
      limit: 64,
      truncated: 2,
      failed: 1,
      errors: [
        { kind: 'rate_limited', count: 3, retried: true },
        { kind: 'prompt_too_long', count: 1, retried: false },
      ],
      nextRetryAtMs: 1_020_000,
      replicas: [
        { host: 'gpu-1:8000', state: 'up', inFlight: 60, questions: 2 },
        { host: 'gpu-2:8000', state: 'resting', inFlight: 0, questions: 0 },
      ],
    }),
  );
  assert.match(samplingText(last, pace), / · 60 in flight · 3 rate limited, tried again$/);
  assert.deepEqual(
    samplingDetails(last, pace, 1_000_000).map(({ term, value }) => `${term}: ${value}`),
    [
      'Done: 64 of 65,536',
      'Time left: about 17 min',
      'Tokens in: 1.2M, 1.2M a second',
      'Tokens out: 26K, 26K a second',
      'Prompts reused: 95 %',
      'from the cache: 1.1M tokens',
      'In flight: 60, at most 64',
      'gpu-1:8000: 60 in flight, 2 questions',
      'gpu-2:8000: resting after errors',
      'Truncated: 2',
      'Failed: 1',
      'Rate limited: 3, tried again',
      'Prompt too long: 1, not tried again',
      'Next try: in 20 s',
    ],
  );
});
