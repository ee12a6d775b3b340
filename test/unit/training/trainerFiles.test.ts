import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { readTrainerState, trainerFiles } from '../../../src/training/trainerFiles.ts';
import { withFolder } from '../../support/temporary.ts';

const STATE = { phase: 'training', step: 3, of: 10, eta_s: 4.5, error: null };

test('a run that has said nothing yet has neither state nor problem', async () => {
  await withFolder(async (folder) => {
    assert.deepEqual(await readTrainerState(folder), {});
  });
});

test('the state is read as the trainer writes it, what it says besides left aside', async () => {
  await withFolder(async (folder) => {
    const written = { schema: 1, ...STATE, pid: 17, host: 'h100-01', at: '2026-01-01T00:00:00Z' };
    await writeFile(trainerFiles(folder).state, `${JSON.stringify(written)}\n`);
    assert.deepEqual(await readTrainerState(folder), { state: STATE });
  });
});

for (const [what, content, why] of [
  ['empty', '', /JSON/],
  ['half of one', '{"phase": "trai', /JSON/],
  ['of another shape', JSON.stringify({ ...STATE, step: 'three' }), /step/],
] as const)
  test(`a state that is ${what} is a problem that names its file`, async () => {
    await withFolder(async (folder) => {
      await writeFile(trainerFiles(folder).state, content);
      const { state, problem = '' } = await readTrainerState(folder);
      assert.equal(state, undefined);
      assert.ok(problem.includes(trainerFiles(folder).state), problem);
      assert.match(problem, why);
      assert.match(problem, /log\.txt/);
    });
  });
