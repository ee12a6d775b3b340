import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rgb } from 'd3-color';
import { contrastRatio, legible } from '../../../webview/contrast.ts';

test('black on white has the greatest ratio and a colour on itself the least', () => {
  assert.equal(contrastRatio(rgb('white'), rgb('black')), 21);
  assert.equal(contrastRatio(rgb('teal'), rgb('teal')), 1);
});

test('a pale accent is darkened on a light background and left alone on a dark one', () => {
  const orange = rgb('#d18616');
  const onLight = legible(orange, rgb('#ffffff'), rgb('#3b3b3b'));
  assert.ok(contrastRatio(onLight, rgb('#ffffff')) >= 4.5);
  assert.equal(legible(orange, rgb('#1f1f1f'), rgb('#cccccc')).formatHex(), orange.formatHex());
});
