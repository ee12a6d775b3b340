import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mostGpuHours } from '../../../src/cluster/gpuHours.ts';

test('GPU-hours are at most jobs times GPUs times the time limit, however Slurm writes it', () => {
  const hours = (time: string) => mostGpuHours({ scheduler: 'slurm', gpus: 8, time }, 3);
  assert.equal(hours('08:00:00'), 3 * 8 * 8);
  assert.equal(hours('00:30:00'), 12);
  assert.equal(hours('30:00'), 12, 'minutes and seconds');
  assert.equal(hours('1-00:30'), 24 * 24.5, 'days, hours and minutes');
  assert.equal(hours('2-12:00:00'), 24 * 60);
});

test('a host without a scheduler sets no limit', () => {
  assert.equal(mostGpuHours({ scheduler: 'none', gpus: 8, time: '01:00:00' }, 3), null);
});
