import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { initStudy } from '../../../src/study/study.ts';
import { writeCollection } from '../../support/largeCollection.ts';
import { withFolder } from '../../support/temporary.ts';

const MB = 1024 * 1024;
/** 2,048 for the whole test: memory stays under 600 MB there too. */
const collectionMb = Number(process.env['SEALONG_COLLECTION_MB'] ?? '200');
const LIMIT_MB = collectionMb > 1000 ? 600 : 300;
const QUESTIONS = 64;

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const resultSchema = z.object({
  maxBytes: z.number(),
  summary: z.object({
    questions: z.number(),
    context_tokens: z.object({ min: z.number(), max: z.number() }),
    growth: z.object({ unfilled: z.number(), collection: z.object({ documents: z.number() }) }),
  }),
});

test(
  `memory does not grow with the collection: ${String(collectionMb)} MB in under ${String(LIMIT_MB)} MB`,
  { timeout: 600_000 },
  () =>
    withFolder(async (folder) => {
      const collection = join(folder, 'collection.jsonl');
      const documents = await writeCollection(collection, collectionMb * MB);
      const questions = join(folder, 'questions.jsonl');
      await writeFile(
        questions,
        Array.from({ length: QUESTIONS }, (_, n) => questionLine(n)).join(''),
      );
      const study = join(folder, 'study');
      await initStudy(study, [{ path: ['questions', 'count'], value: QUESTIONS }]);
      const { stdout } = await promisify(execFile)(process.execPath, [
        fileURLToPath(import.meta.resolve('./largeCollectionRun.ts')),
        study,
        questions,
        collection,
        path('../../fixtures/synthesis/tokenizer.json'),
      ]);
      const { summary, maxBytes } = resultSchema.parse(JSON.parse(stdout));
      assert.equal(summary.questions, QUESTIONS);
      assert.equal(summary.growth.collection.documents, documents);
      assert.equal(summary.growth.unfilled, 0);
      assert.ok(summary.context_tokens.min > 3500 && summary.context_tokens.max <= 31744);
      assert.ok(maxBytes < LIMIT_MB * MB, `${String(Math.round(maxBytes / MB))} MB`);
    }),
);

function questionLine(number: number): string {
  const documents = [{ title: `Fact ${String(number)}`, text: 'It is so.', related: true }];
  return `${JSON.stringify({ id: `q${String(number)}`, question: 'Is it so?', documents })}\n`;
}
