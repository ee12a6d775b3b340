import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idsOf, lastWordsOfSlurm } from '../../../../src/cluster/slurm/slurmStates.ts';

test('the one id of waiting tasks stands for each of them', () => {
  const cases: [string, string[]][] = [
    ['12', ['12']],
    ['12_3', ['12_3']],
    ['12_[0-3%2]', ['12_0', '12_1', '12_2', '12_3']],
    ['12_[1,5-6]', ['12_1', '12_5', '12_6']],
    ['12_[0-6:3%1]', ['12_0', '12_3', '12_6']],
    ['12_[nonsense]', ['12_[nonsense]']],
  ];
  for (const [id, ids] of cases) assert.deepEqual(idsOf(id), ids);
});

test("what Slurm wrote into a job's log says how it ended", () => {
  const said = (why: string) =>
    `step 12\nslurmstepd: error: *** JOB 7 ON h100-01 CANCELLED AT 2026-11-24T15:40:00${why} ***\n`;
  const stateOf = (log: string) => lastWordsOfSlurm(log)?.state;
  assert.equal(stateOf(said('')), 'cancelled');
  assert.equal(stateOf(said(' DUE TO TIME LIMIT')), 'timed_out');
  assert.equal(stateOf(said(' DUE TO PREEMPTION')), 'preempted');
  assert.equal(stateOf(said(' DUE TO NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS')), 'node_failed');
  assert.equal(stateOf(said(' DUE TO TIME LIMIT') + said(' DUE TO JOB REQUEUE')), undefined);
  assert.equal(stateOf('step 12\nTraceback ...\n'), undefined);
  assert.equal(
    lastWordsOfSlurm(said(''))?.reason,
    'JOB 7 ON h100-01 CANCELLED AT 2026-11-24T15:40:00',
  );
});
