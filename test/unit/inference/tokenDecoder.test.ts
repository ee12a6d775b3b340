import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TokenDecoder } from '../../../src/inference/tokenDecoder.ts';

test('characters come out whole however their bytes are spread over tokens', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }).filter((text) => !text.includes('\ufffd')),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
      (text, sizes) => {
        const bytes = Buffer.from(text);
        const tokens: Buffer[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          tokens.push(bytes.subarray(at, at + size));
          at += size;
        }
        const decoder = new TokenDecoder((ids) =>
          Buffer.concat(ids.map((id) => tokens[id] ?? Buffer.alloc(0))).toString('utf8'),
        );
        const pieces = [...tokens.keys()].map((id) => decoder.push(id));
        pieces.push(decoder.end());
        assert.equal(pieces.join(''), text);
        for (const piece of pieces) assert.ok(!piece.includes('\ufffd'));
      },
    ),
    { seed: 42, numRuns: 1000 },
  );
});

test('bytes that never become a character come out as U+FFFD and hold nothing back', () => {
  const decoder = new TokenDecoder((ids) => Buffer.from(ids).toString('utf8'));
  const shown = [0x80, 0x80, 0x80, 0x80, 0x41].map((byte) => decoder.push(byte)).join('');
  assert.equal(shown, '\ufffd\ufffd\ufffd\ufffdA');
});
