import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { SealongError } from '../../../src/errors.ts';
import { readAllRecords } from '../../../src/records/jsonl.ts';
import { answersSchema, questionSchema } from '../../../src/records/schemas.ts';
import type { TokenCounter } from '../../../src/tokenizers/tokenCounter.ts';
import { fixture, idsOf, row, rowsOf, run, withPlace, words } from './runs.ts';

test('a fixture of each format becomes questions whose offsets cut out their documents', () =>
  withPlace(async ({ study, dir }) => {
    for (const [name, questions, leftOut] of [
      ['musique.jsonl', 2, { unanswerable: 1 }],
      ['hotpotqa.json', 2, {}],
      ['hotpotqa.hub.jsonl', 2, {}],
      ['2wiki.json', 1, {}],
      ['longbench.jsonl', 2, { bad_row: 1 }],
      ['plain.jsonl', 3, {}],
    ] as const) {
      const { summary } = await run(study(), fixture(name));
      assert.equal(summary.questions, questions, name);
      assert.deepEqual(summary.left_out, leftOut);
      const { records } = await readAllRecords(join(dir, 'questions.jsonl'), questionSchema);
      for (const { value } of records) {
        const points = Array.from(value.context);
        for (const [index, { title, start, end }] of value.documents.entries()) {
          const heading = Array.from(`Passage ${String(index + 1)}:\n`);
          assert.equal(points.slice(start - heading.length, start).join(''), heading.join(''));
          assert.ok(points.slice(start, end).join('').startsWith(title));
          assert.ok(end === points.length || points[end] === '\n');
        }
        assert.equal(value.documents.at(-1)?.end, points.length);
      }
    }
  }));

test('the summary, the records and the answers are what the contract says', () =>
  withPlace(async ({ study, dir }) => {
    const { summary, progress, warnings } = await run(study({ count: 3 }), fixture('plain.jsonl'));
    const { synthesis, ...rest } = summary;
    assert.match(synthesis, /^[0-9a-f]{16}$/);
    assert.deepEqual(rest, {
      stage: 'synthesize',
      questions: 3,
      added: 3,
      left_out: {},
      context_tokens: { min: 5, mean: 10, max: 14 },
      under_min_context_tokens: 0,
      documents: 5,
      statistics: {
        examples: 3,
        mean_tokens: 10,
        max_tokens: 14,
        supervision: 'self (meta-llama/Llama-3.1-8B-Instruct)',
        lengths: rest.statistics.lengths,
        documents_per_context: {
          min: 1,
          mean: 1.7,
          max: 2,
          counts: [
            { over: 0, up_to: 1, count: 1 },
            { over: 1, up_to: 2, count: 2 },
          ],
        },
        related_documents: { count: 4, by_tenth: [3, 0, 0, 0, 0, 1, 0, 0, 0, 0] },
      },
      source: 'plain.jsonl',
      format: 'jsonl',
      tokenizer: 'words',
      seed: 42,
      random: 'xoshiro128**/sha256',
    });
    assert.deepEqual(warnings, []);
    assert.deepEqual(progress.at(0), { done: 1, total: 3 });
    assert.deepEqual(progress.at(-1), { done: 3, total: 3 });
    assert.deepEqual(await idsOf(study()), ['isle-1', 'q-0002', '3']);
    const answers = await readAllRecords(join(dir, 'answers.jsonl'), answersSchema);
    assert.deepEqual(
      answers.records.map(({ value }) => [value.question_id, value.answers]),
      [
        ['isle-1', ['Thomas Wye']],
        ['3', ['Rain']],
      ],
    );
    assert.doesNotMatch(await readFile(join(dir, 'questions.jsonl'), 'utf8'), /answers/);
  }));

test('the same source and seed give the same bytes, another seed another order', () =>
  withPlace(async ({ study, source, read }) => {
    const path = await source(rowsOf('a', 'b', 'c', 'd', 'e', 'f'));
    await run(study(), path);
    const first = await read('questions.jsonl');
    const { summary } = await run(study(), path);
    assert.equal(summary.added, 0);
    assert.equal(await read('questions.jsonl'), first);
    await run(study({ seed: 43 }), path);
    assert.notEqual(await read('questions.jsonl'), first);
    await run(study(), path);
    assert.equal(await read('questions.jsonl'), first);
  }));

test('raising the count adds to what is there without counting it again, lowering it takes nothing', () =>
  withPlace(async ({ study, source, read }) => {
    const path = await source(rowsOf('a', 'b', 'c', 'd'));
    await writeFile(study().paths.trajectories, '{}\n');
    await run(study({ count: 2 }), path);
    const two = await read('questions.jsonl');
    let counted = 0;
    const counter: TokenCounter = {
      id: 'words',
      count: (text) => {
        counted += 1;
        return words.count(text);
      },
    };
    const { summary } = await run(study({ count: 3 }), path, { counter });
    assert.deepEqual([summary.questions, summary.added, counted], [3, 1, 1]);
    const three = await read('questions.jsonl');
    assert.ok(three.startsWith(two));
    const lowered = await run(study({ count: 1 }), path);
    assert.deepEqual([lowered.summary.questions, lowered.summary.added], [3, 0]);
    assert.equal(await read('questions.jsonl'), three);
    assert.equal((await read('answers.jsonl')).split('\n').length, 4);
  }));

describe('length', () => {
  test('longer than the maximum is left out and counted, shorter than the minimum kept and told', () =>
    withPlace(async ({ study, source }) => {
      const long = row('long', 'word '.repeat(50));
      const path = await source(`${row('a')}\n${long}\n${row('b')}\n`);
      const limits = study({ max: 30, min: 20 });
      const { summary, warnings } = await run(limits, path);
      assert.deepEqual(summary.left_out, { over_max_context_tokens: 1 });
      assert.equal(summary.under_min_context_tokens, 2);
      assert.match(warnings.join('\n'), /2 of 2 contexts are shorter/);
      assert.deepEqual(await idsOf(limits), ['a', 'b']);
      const again = await run(limits, path);
      assert.deepEqual(again.summary.left_out, { over_max_context_tokens: 1 });
      assert.equal(again.summary.added, 0);
    }));

  test('a source whose contexts are all too long changes nothing', () =>
    withPlace(async ({ study, source, dir }) => {
      await assert.rejects(run(study({ max: 3 }), await source(rowsOf('a'))), {
        code: 'nothing_usable',
        message: /1 over_max_context_tokens.*Raise questions\.max_context_tokens \(3\)/,
      });
      assert.deepEqual((await readdir(dir)).sort(), ['.sealong', 'sealong.json']);
    }));
});

describe('bad input', () => {
  const faulty = [
    row('a'),
    'no json',
    JSON.stringify({ id: 'b', question: 'q', documents: [{ text: 7 }] }),
    row('../etc/passwd'),
    row('a'),
    JSON.stringify({ id: 'c', question: 'q', documents: ['d'], answr: 'x' }),
    '{"id":"d","ques',
  ].join('\r\n');

  test('rows with faults are left out, counted and named with line and field', () =>
    withPlace(async ({ study, source }) => {
      const path = await source(faulty);
      const { summary, warnings } = await run(study(), path);
      assert.deepEqual(summary.left_out, { bad_id: 1, bad_row: 3, duplicate_id: 1 });
      assert.deepEqual(await idsOf(study()), ['a', 'c']);
      const [json, field, id, duplicate, unknown, torn, ...others] = warnings;
      assert.ok(json?.startsWith(`${path}, line 2: not valid JSON`));
      assert.ok(field?.startsWith(`${path}, line 3: documents.0.text: `));
      assert.ok(id?.startsWith(`${path}, line 4: id "../etc/passwd" must be a plain name`));
      assert.ok(duplicate?.startsWith(`${path}, line 5: id "a" stands at line 1 already`));
      assert.ok(unknown?.startsWith(`${path}, line 6: the field "answr" is not known`));
      assert.ok(torn?.startsWith(`${path}, line 7: not valid JSON`));
      assert.equal(others.length, 1);
    }));

  test('a strict run stops at the first and writes nothing', () =>
    withPlace(async ({ study, source, dir }) => {
      const path = await source(faulty);
      const message = `${path}, line 2: not valid JSON`;
      await assert.rejects(run(study(), path, { strict: true }), (error) => {
        assert.ok(error instanceof SealongError);
        assert.equal(error.code, 'bad_row');
        return error.message.startsWith(message);
      });
      assert.deepEqual((await readdir(dir)).sort(), ['.sealong', 'sealong.json']);
    }));

  test('of many faults the first hundred are listed', () =>
    withPlace(async ({ study, source }) => {
      const path = await source(`${row('a')}\n${'x\n'.repeat(150)}`);
      const { summary, warnings } = await run(study(), path);
      assert.deepEqual(summary.left_out, { bad_row: 150 });
      assert.equal(warnings.length, 102);
      assert.match(warnings.at(100) ?? '', /^50 more rows with faults/);
    }));

  test('a file in no known format says what was seen and which formats there are', () =>
    withPlace(async ({ study, source }) => {
      const path = await source('{"prompt":"p","chosen":"c"}\n');
      await assert.rejects(run(study(), path), {
        code: 'unknown_format',
        message: /line 1 has the fields prompt, chosen\. There are: musique \(.*jsonl \(question/,
      });
      await assert.rejects(run(study(), await source('# title\n')), {
        code: 'unknown_format',
        message: /line 1 is not valid JSON/,
      });
    }));

  test('a format that is none, and one that the file is not in', () =>
    withPlace(async ({ study, source }) => {
      const path = await source(rowsOf('a'));
      await assert.rejects(run(study(), path, { format: 'squad' }), {
        code: 'usage',
        message: /"squad".*musique, longbench, 2wiki, hotpotqa, jsonl/,
      });
      await assert.rejects(run(study(), path, { format: 'musique' }), {
        code: 'nothing_usable',
        message: /as musique \(1 bad_row\)\. The first: .*line 1: paragraphs: /,
      });
    }));
});
