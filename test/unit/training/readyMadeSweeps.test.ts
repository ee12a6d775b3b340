import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readyMadeSweeps, type SweepGround } from '../../../src/training/sweep/readyMadeSweeps.ts';
import { parseSweep } from '../../../src/training/sweep/sweep.ts';

const axesFor = (ground: Partial<SweepGround>) =>
  Object.fromEntries(
    readyMadeSweeps({ pairs: 4096, samples: 128, exports: [], ...ground }).map(
      ({ file, content }) => [file, content.axes],
    ),
  );

test("a study as large as the paper's is given the paper's numbers", () => {
  assert.deepEqual(axesFor({ exports: ['training', '../other/exports/sft'] }), {
    'fig3.json': { examples: [512, 1024, 2048] },
    'fig4.json': { n: [8, 16, 32, 64, 128] },
    'methods.json': { method: ['orpo', 'sft'] },
    'table5.json': { export: ['training', '../other/exports/sft'] },
  });
});

test('a smaller study is given parts of what it has, and nothing that it cannot compare', () => {
  const axes = axesFor({ pairs: 30, samples: 8, exports: ['training'] });
  assert.deepEqual(axes['fig3.json'], { examples: [7, 15, 30] });
  assert.deepEqual(axes['fig4.json'], { n: [2, 4, 8] });
  assert.deepEqual(Object.keys(axesFor({ pairs: 1, samples: 1 })), ['methods.json']);
  assert.deepEqual(axesFor({ pairs: 1024 })['fig3.json'], { examples: [512, 1024] });
});

test('what is offered is a sweep as it is written', () => {
  const ground = { pairs: 600, samples: 16, exports: ['a', '../b/exports/c'] };
  for (const { file, content } of readyMadeSweeps(ground)) {
    const { members, about } = parseSweep(JSON.stringify(content), `/study/sweeps/${file}`);
    assert.ok(members.length > 1);
    assert.equal(about, content.about);
  }
});
