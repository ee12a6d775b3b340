import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { porterStem } from '../../../../src/scoring/rouge/porter.ts';
import { word, Xorshift } from './generator.ts';

const reference = z
  .object({ stems: z.string(), digests: z.array(z.string()) })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, 'stems.json'), 'utf8')));

test('gives the stems of NLTK, shown ones one by one', () => {
  for (const shown of reference.stems.split(' ')) {
    const [made = '', stem] = shown.split(':');
    assert.equal(porterStem(made), stem, made);
  }
});

test('gives the stems of NLTK for 20,000 words', () => {
  const random = new Xorshift(8147);
  for (const [block, digest] of reference.digests.entries()) {
    const stems = Array.from({ length: 500 }, () => porterStem(word(random)));
    const made = createHash('sha256').update(stems.join('\n')).digest('hex').slice(0, 12);
    assert.equal(made, digest, `block ${block}`);
  }
});
