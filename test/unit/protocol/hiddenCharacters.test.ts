import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isolatedText, shownParts, visibleText } from '../../../src/protocol/hiddenCharacters.ts';

test('what would turn, part or join a text unseen stands there by its name', () => {
  assert.equal(visibleText('a\u202Eb\u202C'), 'a⟨RLO⟩b⟨PDF⟩');
  assert.equal(visibleText('\u2066x\u2069\u200Ey\u200F'), '⟨LRI⟩x⟨PDI⟩⟨LRM⟩y⟨RLM⟩');
  assert.equal(visibleText('pass\u200Bword\u2060\uFEFF'), 'pass⟨ZWSP⟩word⟨WJ⟩⟨BOM⟩');
  assert.equal(visibleText('\u001B[31mred\u0000\u0007\u009B'), '⟨ESC⟩[31mred⟨NUL⟩⟨BEL⟩⟨CSI⟩');
  assert.equal(visibleText('right\rwrong'), 'right⟨CR⟩wrong');
  assert.equal(visibleText('half \uD83D'), 'half ⟨U+D83D⟩');
  assert.equal(visibleText('tag \u{E0041}'), 'tag ⟨U+E0041⟩');
  assert.equal(visibleText('\u115F\u3164'), '⟨U+115F⟩⟨U+3164⟩');
});

test('what people write is left as it is, joiners where a script or a picture needs them included', () => {
  for (const text of [
    'line\nline\r\n\ttab\u00A0space',
    '\u{1F468}\u200D\u{1F469}\u200D\u{1F467} \u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F} \u2764\uFE0F\u200D\u{1F525}',
    '\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645',
    '\u0915\u094D\u200D\u0937',
    '\u0E2A\u0E27\u0E31\u0E2A\u0E14\u0E35\u200B\u0E04\u0E23\u0E31\u0E1A',
    '東京都 \u845B\u{E0100}',
  ])
    assert.equal(visibleText(text), text);
});

test('the parts of a text are the text again, and every hidden one says what it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const parts = shownParts(text);
      assert.equal(parts.map((part) => part.text).join(''), text);
      for (const part of parts)
        if (part.kind === 'hidden') assert.match(part.name, /^U\+[0-9A-F]{4,6}, /);
      assert.equal(visibleText(visibleText(text)), visibleText(text));
    }),
    { seed: 7 },
  );
});

test('a text from right to left is kept apart from the words beside it, whatever it tries', () => {
  assert.equal(isolatedText('plain'), 'plain');
  assert.equal(isolatedText('\u05D0\u05D1'), '\u2068\u05D0\u05D1\u2069');
  assert.equal(isolatedText('\u05D0\u2069\u202E!'), '\u2068\u05D0⟨PDI⟩⟨RLO⟩!\u2069');
});
