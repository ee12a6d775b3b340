import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSweep } from '../../../src/training/sweep/sweep.ts';

const parse = (sweep: object) => parseSweep(JSON.stringify(sweep), '/study/sweeps/fig 3.json');

test('a sweep has a member for every combination of its axes, in their order', () => {
  const { name, seed, members } = parse({
    axes: { examples: [512, 2048], method: ['orpo', 'sft'], training: { 'lora.r': [16] } },
  });
  assert.deepEqual([name, seed], ['fig-3', 42]);
  assert.deepEqual(
    members.map((member) => member.name),
    [
      'examples-512_method-orpo_lora.r-16',
      'examples-512_method-sft_lora.r-16',
      'examples-2048_method-orpo_lora.r-16',
      'examples-2048_method-sft_lora.r-16',
    ],
  );
  assert.deepEqual(members[1], {
    name: 'examples-512_method-sft_lora.r-16',
    values: { examples: 512, method: 'sft', 'lora.r': 16 },
    examples: 512,
    n: undefined,
    export: undefined,
    settings: [
      { path: ['training', 'method'], value: 'sft' },
      { path: ['training', 'lora', 'r'], value: 16 },
    ],
  });
});

test('what is no sweep is refused with what is wrong', () => {
  assert.throws(() => parseSweep('{', 'x.json'), /x\.json is no sweep: .*axes/);
  assert.throws(() => parse({ axes: {} }), /names nothing that is to vary/);
  assert.throws(() => parse({ axes: { examples: [0] } }), /examples/);
  assert.throws(() => parse({ axes: { example: [5] } }), /example/);
  assert.throws(() => parse({ axes: { export: ['a'], n: [8] } }), /cannot vary with it/);
  assert.throws(() => parse({ axes: { n: [8, 8] } }), /two of its members are both n-8/);
  const many = Array.from({ length: 65 }, (_, at) => at + 1);
  assert.throws(() => parse({ axes: { examples: many } }), /65 members, and 64 is the most/);
});
