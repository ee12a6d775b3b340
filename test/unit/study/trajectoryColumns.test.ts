import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { digestOf } from '../../../src/study/canonicalHash.ts';
import type { TrajectoryEntry } from '../../../src/study/entries.ts';
import {
  packTrajectories,
  type PackedTrajectories,
} from '../../../src/study/packedTrajectories.ts';
import { TrajectoryColumns } from '../../../src/study/trajectoryColumns.ts';

const place = { questionId: 'q', sampling: 's', index: 3 };
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const entries = fc
  .record({
    finishReason: fc.constantFrom('stop', 'length', 'error'),
    completionTokens: fc.option(fc.nat()),
    text: fc.string().map(digestOf),
    characters: fc.nat(),
    offset: fc.maxSafeNat(),
    length: fc.nat(),
    refused: some(fc.constant(true as const)),
    weakAnswer: some(fc.constant(true as const)),
    answer: some(fc.string()),
    attempts: some(fc.nat()),
    error: some(fc.string()),
    imported: some(
      fc.record(
        { as: fc.constantFrom('chosen', 'rejected'), score: fc.double() },
        { noNullPrototype: true },
      ),
    ),
  })
  .map((fields): TrajectoryEntry => {
    const known = Object.entries(fields).filter(([, value]) => value !== undefined);
    return { ...place, ...(Object.fromEntries(known) as typeof fields) } as TrajectoryEntry;
  });

/** As the reader of studies hands trajectories to the editor. */
function handedOver(entries: readonly TrajectoryEntry[]): PackedTrajectories {
  return deserialize(serialize(packTrajectories(entries))) as PackedTrajectories;
}

test('a trajectory comes out of the columns as it was put in, also in the place of another', () => {
  fc.assert(
    fc.property(fc.array(entries, { minLength: 1, maxLength: 12 }), entries, (list, later) => {
      const columns = new TrajectoryColumns();
      const from = columns.numbered(handedOver(list));
      const rows = list.map((_, position) => columns.add(from, position));
      columns.replace(rows[0] ?? 0, columns.numbered(handedOver([later])), 0);
      for (const [position, row] of rows.entries())
        assert.deepEqual(columns.entry(row, place), position === 0 ? later : list[position]);
    }),
    { seed: 7 },
  );
});

test('a text that occurs again is the one that was kept', () => {
  const columns = new TrajectoryColumns();
  const from = columns.numbered(
    handedOver([
      {
        ...{ ...place, finishReason: 'stop', completionTokens: 1, text: digestOf('a') },
        ...{ characters: 1, answer: 'Thomas Wye', offset: 0, length: 1 },
      },
    ]),
  );
  const row = columns.add(from, 0);
  assert.equal(columns.once('Thomas Wye'), columns.entry(row, place).answer);
  assert.equal(columns.finishReason(row), 'stop');
  assert.equal(columns.text(row), digestOf('a'));
});
