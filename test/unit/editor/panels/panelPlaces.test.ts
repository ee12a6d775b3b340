import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PanelPlaces } from '../../../../src/editor/panels/panelPlaces.ts';
import { Memory } from '../memory.ts';

const NOWHERE = { walked: [], audit: [], next: [] };

test('a panel comes back where it stood, and a closed one is forgotten', async () => {
  const memory = new Memory();
  const places = new PanelPlaces(memory);
  await places.keep('a', { questionId: 'q-1', ...NOWHERE, next: ['q-2'] });
  await places.keep('a', { questionId: 'q-2', ...NOWHERE, walked: ['q-1', 'q-2'] });
  await places.keep('b', { questionId: 'q-9', ...NOWHERE });
  assert.deepEqual(new PanelPlaces(memory).of('a'), {
    questionId: 'q-2',
    ...NOWHERE,
    walked: ['q-1', 'q-2'],
  });
  await places.forget('a');
  assert.equal(new PanelPlaces(memory).of('a'), undefined);
  assert.deepEqual(new PanelPlaces(memory).of('b'), { questionId: 'q-9', ...NOWHERE });
});

test('what is kept of panels does not grow without end, and strange values count as none', async () => {
  const memory = new Memory();
  const places = new PanelPlaces(memory);
  for (let at = 0; at < 50; at++) await places.keep(`p${at}`, { questionId: 'q', ...NOWHERE });
  assert.equal(places.of('p0'), undefined);
  assert.deepEqual(places.of('p49'), { questionId: 'q', ...NOWHERE });
  await memory.update('sealong.panels', { a: 7 });
  assert.equal(new PanelPlaces(memory).of('a'), undefined);
});
