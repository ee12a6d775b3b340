import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ChoiceText } from '../../../src/inference/choiceText.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c') });

test('however a text is cut into pieces, it ends before the first stop string', () => {
  fc.assert(
    fc.property(
      fc.array(text),
      fc.array(
        text.filter((stop) => stop !== ''),
        { maxLength: 3 },
      ),
      (pieces, stop) => {
        const choice = new ChoiceText(stop);
        const shown = pieces.map((piece) => choice.push(piece)).join('') + choice.end();
        const whole = pieces.join('');
        // The first stop string to be complete ends the text, at its own beginning.
        let expected = whole;
        for (let end = 1; end <= whole.length && expected === whole; end++) {
          const starts = stop
            .filter((candidate) => whole.slice(0, end).endsWith(candidate))
            .map((candidate) => end - candidate.length);
          if (starts.length > 0) expected = whole.slice(0, Math.min(...starts));
        }
        const found = stop.some((candidate) => whole.includes(candidate));
        assert.equal(choice.stopped, found);
        if (pieces.every(({ length }) => length <= 1))
          assert.equal(shown, found ? expected : whole);
        else if (found) assert.ok(whole.startsWith(shown) && !stop.some((s) => shown.includes(s)));
        else assert.equal(shown, whole);
      },
    ),
    { seed: 42 },
  );
});
