import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readAllRecords } from '../../../src/records/jsonl.ts';
import { answersSchema, questionSchema } from '../../../src/records/schemas.ts';
import { runStage } from '../../../src/stage.ts';
import { initStudy } from '../../../src/study/study.ts';
import { FORMATS } from '../../../src/synthesis/formats/table.ts';
import { openSource } from '../../../src/synthesis/sourceFile.ts';
import { synthesize } from '../../../src/synthesis/synthesize.ts';
import { openTokenCounter } from '../../../src/tokenizers/openTokenCounter.ts';
import { counterFromFile } from '../../../src/tokenizers/tokenizerFile.ts';
import { withFolder } from '../../support/temporary.ts';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const data = path('../../../../shared/data');
const skip = !existsSync(data) && 'the samples of public data sets are not beside the checkout';
const embeddedFolder = process.env['SEALONG_EMBEDDED'];

const toy = await counterFromFile(path('../../fixtures/synthesis/tokenizer.json'));

function synthesized(source: string, counter = toy, distractors?: string) {
  return withFolder(async (folder) => {
    const study = await initStudy(folder);
    const { signal } = new AbortController();
    const sources = { path: source, ...(distractors === undefined ? {} : { distractors }) };
    const stage = synthesize(study, sources, { counter }, { signal });
    const summary = await runStage(stage);
    const questions = await readAllRecords(study.paths.questions, questionSchema);
    const answers = await readAllRecords(join(folder, 'answers.jsonl'), answersSchema);
    assert.deepEqual([...questions.problems, ...answers.problems], []);
    return {
      summary,
      questions: questions.records.map(({ value }) => value),
      answers: answers.records.map(({ value }) => value),
    };
  });
}

describe('samples of public data sets', { skip }, () => {
  for (const [file, format, count] of [
    ['musique.sample.jsonl', 'musique', 12],
    ['hotpotqa.sample.json', 'hotpotqa', 18],
    ['longbench-format.hotpotqa.jsonl', 'longbench', 18],
  ] as const)
    test(`all ${String(count)} questions of ${file} come through`, async () => {
      const { summary, questions, answers } = await synthesized(join(data, file));
      assert.equal(summary.format, format);
      assert.equal(summary.questions, count);
      assert.deepEqual(summary.left_out, {});
      assert.equal(answers.length, count);
      for (const { context, documents } of questions) {
        const points = Array.from(context);
        assert.ok(documents.length >= 5);
        assert.ok(documents.some(({ related }) => related));
        for (const { title, start, end } of documents)
          assert.ok(points.slice(start, end).join('').startsWith(`${title}\n`));
      }
    });

  test('contexts grow to 4K-31K tokens with the passages, counted exactly', async () => {
    const counter =
      embeddedFolder === undefined
        ? toy
        : await counterFromFile(join(embeddedFolder, 'chat', 'tokenizer.json'));
    for (const file of ['musique.sample.jsonl', 'hotpotqa.sample.json']) {
      const passages = join(data, 'wikipedia-passages.jsonl');
      const grown = await synthesized(join(data, file), counter, passages);
      assert.equal(grown.summary.growth?.collection?.documents, 6119);
      assert.equal(grown.summary.growth.unfilled, 0);
      const own = await synthesized(join(data, file), counter);
      for (const [index, { context, context_tokens, documents }] of grown.questions.entries()) {
        assert.ok(context_tokens > 3840 && context_tokens <= 31744);
        assert.equal(context_tokens, await counter.count(context));
        const related = (of: typeof documents) =>
          of.filter((document) => document.related).map(({ title }) => title);
        assert.deepEqual(
          related(documents).sort(),
          related(own.questions[index]?.documents ?? []).sort(),
        );
      }
    }
  });

  test('the HotpotQA questions in the form of LongBench have the same documents and contexts', async () => {
    const read = async (file: string, name: string) => {
      const format = FORMATS.find((one) => one.name === name);
      const documents: unknown[] = [];
      for await (const row of (await openSource(join(data, file))).rows()) {
        const read = row.ok && format?.read(row.value);
        assert.ok(read && 'documents' in read);
        documents.push(read.documents.map(({ title, text }) => ({ title, text })));
      }
      return documents;
    };
    const published = await read('hotpotqa.sample.json', 'hotpotqa');
    assert.deepEqual(await read('longbench-format.hotpotqa.jsonl', 'longbench'), published);
    const contexts = async (file: string) =>
      (await synthesized(join(data, file))).questions.map(({ context }) => context);
    assert.deepEqual(
      await contexts('longbench-format.hotpotqa.jsonl'),
      await contexts('hotpotqa.sample.json'),
    );
  });
});

describe(
  'the demo questions by the embedded tokenizer',
  { skip: embeddedFolder === undefined && 'SEALONG_EMBEDDED names no folder of embedded models' },
  () => {
    test('all 30 come through with contexts of 300 to 900 tokens', () =>
      withFolder(async (folder) => {
        assert.ok(embeddedFolder !== undefined);
        const study = await initStudy(folder, [
          { path: ['questions', 'tokenizer'], value: 'embedded' },
        ]);
        const environment = { modelCache: folder, allowDownload: false, embeddedFolder };
        const counter = await openTokenCounter(study, environment);
        const { summary } = await synthesized(path('../../../demo/questions.jsonl'), counter);
        assert.equal(summary.questions, 30);
        assert.ok(summary.context_tokens.min >= 300 && summary.context_tokens.max <= 900);
      }));
  },
);
