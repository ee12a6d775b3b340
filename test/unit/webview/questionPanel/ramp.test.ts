import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lab, rgb } from 'd3-color';
import { makeRamp, rampPixel, type Ramp } from '../../../../webview/questionPanel/ramp.ts';

const THEMES = {
  dark: { background: rgb('#1f1f1f'), heat: rgb('#b180d7'), foreground: rgb('#cccccc') },
  light: { background: rgb('#ffffff'), heat: rgb('#652d90'), foreground: rgb('#3b3b3b') },
  highContrast: { background: rgb('#000000'), heat: rgb('#b180d7'), foreground: rgb('#ffffff') },
  'without a heat colour of its own': {
    background: rgb('#222222'),
    heat: rgb('#333333'),
    foreground: rgb('#dddddd'),
  },
};

function lightness(ramp: Ramp): number[] {
  const bytes = new Uint8Array(ramp.pixels.buffer);
  return Array.from(ramp.pixels, (_, step) => {
    const [r = 0, g = 0, b = 0] = bytes.subarray(step * 4);
    return lab(rgb(r, g, b)).l;
  });
}

for (const [name, colours] of Object.entries(THEMES)) {
  test(`in a theme that is ${name} the scale reads by lightness alone`, () => {
    const steps = lightness(makeRamp({ low: 0, high: 1 }, colours));
    const direction = Math.sign((steps.at(-1) ?? 0) - (steps[0] ?? 0));
    for (let step = 1; step < steps.length; step++) {
      const change = ((steps[step] ?? 0) - (steps[step - 1] ?? 0)) * direction;
      // Half a unit is the rounding of colours to eight bits.
      assert.ok(change > -0.5, `step ${step} goes back by ${-change}`);
    }
    assert.ok(Math.abs((steps.at(-1) ?? 0) - (steps[0] ?? 0)) > 45);
  });
}

test('values outside the domain take its ends, and one value alone the middle', () => {
  const ramp = makeRamp({ low: 0.5, high: 0.9 }, THEMES.dark);
  assert.equal(rampPixel(ramp, 0.1), ramp.pixels[0]);
  assert.equal(rampPixel(ramp, 2), ramp.pixels.at(-1));
  const flat = makeRamp({ low: 0.5, high: 0.5 }, THEMES.dark);
  assert.equal(rampPixel(flat, 0.5), flat.pixels[128]);
});
