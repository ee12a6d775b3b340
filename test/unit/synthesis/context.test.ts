import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { codePoints } from '../../../src/records/codePoints.ts';
import { buildContext, documentText, orderDocuments } from '../../../src/synthesis/context.ts';

const documentArbitrary = fc.record({
  title: fc.string({ unit: 'grapheme', maxLength: 12 }),
  text: fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  related: fc.boolean(),
});

test('a context is numbered passages with their titles on a line of their own', () => {
  const { context, documents } = buildContext([
    { title: 'Whale 🐋', text: 'A whale.', related: true },
    { title: '', text: 'No title.', related: false },
  ]);
  assert.equal(context, 'Passage 1:\nWhale 🐋\nA whale.\nPassage 2:\nNo title.');
  assert.deepEqual(documents, [
    { title: 'Whale 🐋', start: 11, end: 27, related: true },
    { title: '', start: 39, end: 48, related: false },
  ]);
});

test('offsets in code points cut each document out of its context', () => {
  fc.assert(
    fc.property(fc.array(documentArbitrary, { maxLength: 8 }), (sources) => {
      const { context, documents } = buildContext(sources);
      const points = Array.from(context);
      assert.deepEqual(
        documents.map(({ start, end }) => points.slice(start, end).join('')),
        sources.map(documentText),
      );
      assert.equal(codePoints(context), points.length);
    }),
    { seed: 42 },
  );
});

test('the order depends on the seed and on the question, and on nothing else', () => {
  const documents = Array.from({ length: 12 }, (_, index) => index);
  assert.deepEqual(orderDocuments(documents, 42, 'a'), orderDocuments(documents, 42, 'a'));
  assert.notDeepEqual(orderDocuments(documents, 42, 'a'), orderDocuments(documents, 42, 'b'));
  assert.notDeepEqual(orderDocuments(documents, 42, 'a'), orderDocuments(documents, 43, 'a'));
  assert.deepEqual(
    orderDocuments(documents, 42, 'a').sort((a, b) => a - b),
    documents,
  );
});
