import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ClusterStudy, upTo } from '../support/clusterStudy.ts';
import { Lab } from '../support/lab.ts';
import { until } from '../../e2e/support/until.ts';

const DAY_MS = 24 * 3600 * 1000;

describe('A cluster whose clock is three days late, in another time zone', () => {
  let lab: Lab;
  let jobs: ClusterStudy;

  before(async () => {
    const faked = '/usr/$LIB/faketime/libfaketime.so.1';
    lab = await Lab.start({
      nodes: 1,
      environment: {
        LD_PRELOAD: faked,
        FAKETIME: '-3d',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        TZ: 'Asia/Tokyo',
      },
    });
    jobs = await ClusterStudy.make(lab, { gpus: 8, time: '00:10:00' });
    // Python cannot sleep by such a clock.
    jobs.cluster.profile.setup.push('unset LD_PRELOAD');
  });
  after(async () => {
    await lab.stop();
    await jobs.remove();
  });

  it('is the one of the tests', async () => {
    const said = await jobs.withHost((host) =>
      host.mustRun('Asking', 'date +%s', {}, new AbortController().signal),
    );
    const late = Date.now() - Number(said) * 1000;
    assert.ok(Math.abs(late - 3 * DAY_MS) < DAY_MS / 24, said);
  });

  it('trains, follows and fetches, and says by our clock when a job is to start', async () => {
    const first = await jobs.train({ steps: 12, seconds: 1, seed: 1 });
    const second = await jobs.train({ steps: 2, seconds: 0.1, seed: 2 });
    const following = jobs.follow([first.job, second.job]);
    const expected = await until(
      'the expected start',
      async () => (await jobs.record(second.job)).expected_start,
    );
    // The first has a time limit of ten minutes.
    const minutes = (Date.parse(expected) - Date.now()) / 60_000;
    assert.ok(minutes > 5 && minutes < 12, expected);
    const { jobs: ended } = await following;
    assert.deepEqual(
      ended.map(({ state }) => state),
      ['done', 'done'],
    );
    for (const [job, last] of [
      [first.job, 12],
      [second.job, 2],
    ] as const)
      assert.deepEqual(await jobs.stepsOf(job), upTo(last));
    const { history } = await jobs.record(first.job);
    for (const { at } of history)
      assert.ok(Math.abs(Date.parse(at) - Date.now()) < DAY_MS / 24, at);
    assert.equal((await jobs.fetch(first.job)).files, 2);
  });
});
