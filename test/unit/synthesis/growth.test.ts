import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { seededRandom } from '../../../src/random.ts';
import { readAllRecords } from '../../../src/records/jsonl.ts';
import { questionSchema, type QuestionRecord } from '../../../src/records/schemas.ts';
import type { Study } from '../../../src/study/study.ts';
import { drawTarget, drawWithoutReplacement } from '../../../src/synthesis/draw.ts';
import { counterFromFile } from '../../../src/tokenizers/tokenizerFile.ts';
import { fixture, run, withPlace, words } from './runs.ts';

const toy = await counterFromFile(fixture('tokenizer.json'));
const entry = new URL('../../../src/tokenizers/tokenWorker.ts', import.meta.url);

const jsonLines = (rows: readonly object[]) =>
  rows.map((each) => `${JSON.stringify(each)}\n`).join('');

/** Texts of many lengths; some begin or end so that their tokens stick to those of their neighbours. */
function collectionOf(size: number): { title: string; text: string }[] {
  const random = seededRandom('collection');
  const edges = ['', '', '', ' ', '\n', '/', '.', '\u00a0'];
  return Array.from({ length: size }, (_, index) => {
    const length = 1 + random.below(30);
    const said = Array.from(
      { length },
      () => ['the', 'passage', 'in', '42', 'on'][random.below(5)],
    );
    const edge = () => edges[random.below(edges.length)] ?? '';
    const text = `${edge()}${said.join(' ')} ${String(index)}${edge()}`;
    return { title: index % 5 === 0 ? '' : `Title ${String(index)}`, text };
  });
}

const question = (id: string, own: string[] = [], text = `what ${id} rests on`) => ({
  id,
  question: `q ${id}?`,
  documents: [
    { title: `Related ${id}`, text, related: true },
    ...own.map((each) => ({ title: `Own ${each}`, text: each, related: false })),
  ],
  answers: [`answer ${id}`],
});
const questions = (count: number) =>
  Array.from({ length: count }, (_, index) => question(String(index), ['near', 'nearer']));

async function recordsOf(study: Study): Promise<QuestionRecord[]> {
  const { records, problems } = await readAllRecords(study.paths.questions, questionSchema);
  assert.deepEqual(problems, []);
  return records.map(({ value }) => value);
}

describe('contexts are grown to their targets', () => {
  for (const [name, counter, max] of [
    ['a tokenizer whose counts add up at lines', toy, 900],
    ['a counter of which nothing is known', words, 200],
  ] as const)
    test(`with ${name}: exact, never over, related documents in, none twice`, () =>
      withPlace(async ({ study, source }) => {
        const from = await source(jsonLines(questions(30)));
        const distractors = await source(jsonLines(collectionOf(400)));
        const range = study({ min: max / 4, max });
        const { summary, warnings } = await run(range, from, { distractors, counter });
        assert.equal(summary.questions, 30);
        assert.equal(summary.growth?.unfilled, 0);
        assert.deepEqual(warnings, [`${from} gave 30 of the 100 questions asked for.`]);
        for (const { id, context, context_tokens, documents } of await recordsOf(range)) {
          const target = drawTarget(max / 4, max, seededRandom(42, 'target', id));
          assert.equal(context_tokens, await counter.count(context));
          assert.ok(context_tokens <= target);
          assert.ok(context_tokens > 0.6 * target, `${String(context_tokens)}/${String(target)}`);
          const points = Array.from(context);
          const texts = documents.map(({ start, end }) => points.slice(start, end).join(''));
          assert.equal(new Set(texts).size, texts.length);
          assert.equal(documents.filter(({ related }) => related).length, 1);
          assert.ok(texts.includes(`Related ${id}\nwhat ${id} rests on`));
          assert.ok(texts.includes('Own near\nnear') && texts.includes('Own nearer\nnearer'));
        }
        const { by_tenth } = summary.statistics.related_documents;
        assert.ok(by_tenth.filter((count) => count > 0).length >= 6);
      }));

  test('a target is a whole number of K in the range, or any number where it holds none', () => {
    const random = seededRandom('targets');
    const seen = new Set(
      Array.from({ length: 2000 }, () => drawTarget(4096, 31744, random) / 1024),
    );
    assert.deepEqual(
      [...seen].sort((a, b) => a - b),
      Array.from({ length: 28 }, (_, index) => index + 4),
    );
    const range = fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.nat(5000));
    fc.assert(
      fc.property(range, fc.nat(), ([min, more], seed) => {
        const target = drawTarget(min, min + more, seededRandom(seed));
        assert.ok(target >= min && target <= min + more);
      }),
      { seed: 42 },
    );
  });

  test('drawing without replacement gives each number once, in an order of the seed', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(), (size, seed) => {
        const drawn = [...drawWithoutReplacement(size, seededRandom(seed))];
        assert.deepEqual(
          [...drawn].sort((a, b) => a - b),
          Array.from({ length: size }, (_, index) => index),
        );
      }),
      { seed: 42 },
    );
    const places = Array.from({ length: 3 }, () => [0, 0, 0]);
    for (let seed = 0; seed < 3000; seed++)
      for (const [place, number] of [...drawWithoutReplacement(3, seededRandom(seed))].entries()) {
        const counts = places[place] ?? [];
        counts[number] = (counts[number] ?? 0) + 1;
      }
    for (const count of places.flat()) assert.ok(Math.abs(count - 1000) < 100, String(count));
  });
});

describe('the same inputs give the same bytes', () => {
  test('whatever the number of threads, and with what was counted before or without', () =>
    withPlace(async ({ study, source, read, dir }) => {
      const from = await source(jsonLines(questions(12)));
      const distractors = await source(jsonLines(collectionOf(300)));
      const results = new Set<string>();
      for (const size of [0, 1, 3, 3]) {
        const threads = { entry, size, fromCharacters: size === 0 ? Infinity : 1 };
        await run(study({ min: 300, max: 900, seed: 7 }), from, { counter: toy });
        await run(study({ min: 300, max: 900 }), from, { counter: toy, distractors, threads });
        results.add(await read('questions.jsonl'));
      }
      assert.equal(results.size, 1);
      assert.deepEqual((await readdir(join(dir, '.sealong'))).sort(), [
        '.gitignore',
        'collections',
        'token-counts',
      ]);
    }));

  test('raising the count keeps the examples made, also beside samples of them', () =>
    withPlace(async ({ study, source, read }) => {
      const from = await source(jsonLines(questions(12)));
      const distractors = await source(jsonLines(collectionOf(300)));
      for (const counter of [toy, words]) {
        const grown = (count: number) => study({ min: 200, max: 600, count });
        await run(grown(5), from, { distractors, counter, replace: true });
        const five = await read('questions.jsonl');
        await writeFile(study().paths.trajectories, '{}\n');
        const { summary } = await run(grown(9), from, { distractors, counter });
        assert.deepEqual([summary.questions, summary.added], [9, 4]);
        assert.ok((await read('questions.jsonl')).startsWith(five));
      }
    }));

  test('the same documents in another kind of file are the same collection, other documents are not', () =>
    withPlace(async ({ study, source, read }) => {
      const from = await source(jsonLines(questions(4)));
      const documents = collectionOf(80);
      const lines = await source(jsonLines(documents));
      const array = await source(JSON.stringify(documents));
      const range = study({ min: 200, max: 600 });
      await run(range, from, { distractors: lines, counter: toy });
      const first = await read('questions.jsonl');
      await writeFile(range.paths.trajectories, '{}\n');
      const { summary } = await run(range, from, { distractors: array, counter: toy });
      assert.equal(summary.added, 0);
      assert.equal(await read('questions.jsonl'), first);
      const other = await source(jsonLines(documents.slice(1)));
      const again = run(range, from, { distractors: other, counter: toy });
      await assert.rejects(again, { code: 'would_orphan' });
    }));
});

describe('what may stand in a context', () => {
  const titlesOf = async (study: Study) =>
    (await recordsOf(study)).map(({ documents }) => documents.map(({ title }) => title).sort());

  test('own, collection or both, the own ones first', () =>
    withPlace(async ({ study, source }) => {
      const from = await source(jsonLines([question('a', ['x', 'y'])]));
      const distractors = await source(jsonLines([{ title: 'C', text: 'from the collection' }]));
      const grown = async (values: Parameters<typeof study>[0], named = true) => {
        const of = study({ min: 100, max: 100, ...values });
        await run(of, from, named ? { distractors } : {});
        return (await titlesOf(of))[0];
      };
      assert.deepEqual(await grown({}), ['C', 'Own x', 'Own y', 'Related a']);
      assert.deepEqual(await grown({ distractors: 'collection' }), ['C', 'Related a']);
      assert.deepEqual(await grown({ distractors: 'own' }, false), ['Own x', 'Own y', 'Related a']);
      // Room for two short ones besides the related one: the collection comes after the own ones.
      assert.deepEqual(await grown({ min: 25, max: 25 }), ['Own x', 'Own y', 'Related a']);
    }));

  test('never a document with the title or the text of a related one', () =>
    withPlace(async ({ study, source }) => {
      const from = await source(jsonLines([question('a')]));
      const distractors = await source(
        jsonLines([
          { title: ' related_A. ', text: 'another' },
          { title: 'RELATED  a', text: 'and another' },
          { title: 'Related a', text: 'what a rests on' },
          { title: 'Other', text: 'twice' },
          { title: 'Other', text: 'twice' },
          { text: 'only a text' },
        ]),
      );
      const grown = study({ min: 100, max: 100 });
      const { summary, warnings } = await run(grown, from, { distractors });
      assert.deepEqual(await titlesOf(grown), [['', 'Other', 'Related a']]);
      assert.equal(summary.growth?.unfilled, 1);
      assert.match(warnings.join('\n'), /1 of 1 contexts are shorter than their targets/);
    }));

  test('an answer keeps out the unrelated documents that hold it, where the study says so', () =>
    withPlace(async ({ study, source, read }) => {
      const from = await source(
        jsonLines([
          question('a', ['The ANSWER a.', 'clean']),
          { ...question('b'), answers: ['no'] },
        ]),
      );
      const distractors = await source(
        jsonLines([
          { title: 'The Answer, a', text: 'in the title' },
          { title: 'C', text: 'nothing' },
        ]),
      );
      const on = study({ min: 100, max: 100, exclude_answer_leaks: true });
      const { summary } = await run(on, from, { distractors });
      assert.equal(summary.growth?.exclude_answer_leaks, true);
      const manifest: unknown = JSON.parse(await read('synthesis.json'));
      assert.deepEqual({ added: summary.added, ...Object(manifest) }, summary);
      assert.deepEqual(await titlesOf(on), [
        ['C', 'Own clean', 'Related a'],
        ['C', 'Related b', 'The Answer, a'],
      ]);
      await run(study({ exclude_answer_leaks: true }), from);
      assert.deepEqual(await titlesOf(on), [['Own clean', 'Related a'], ['Related b']]);
      assert.doesNotMatch(await read('questions.jsonl'), /answer/i);
    }));

  test('related documents longer than the target stand alone; longer than the maximum, by choice', () =>
    withPlace(async ({ study, source }) => {
      const from = await source(
        jsonLines([
          question('short', ['own']),
          question('long', ['own'], 'word '.repeat(150)),
          question('longer', ['own'], 'word '.repeat(1500)),
        ]),
      );
      const distractors = await source(jsonLines([{ text: 'a filler' }]));
      const dropping = study({ min: 100, max: 400 });
      const dropped = await run(dropping, from, { distractors });
      assert.deepEqual(dropped.summary.left_out, { over_max_context_tokens: 1 });
      const keeping = study({ min: 100, max: 400, too_long: 'keep' });
      const kept = await run(keeping, from, { distractors });
      assert.deepEqual(kept.summary.left_out, {});
      assert.ok((kept.summary.growth?.over_target ?? 0) >= 1);
      const longest = (await recordsOf(keeping))[2];
      assert.ok(longest && longest.context_tokens > 1500);
      assert.deepEqual(
        longest.documents.map(({ title }) => title),
        ['Related longer'],
      );
      // Without growth the choice is the same.
      assert.equal((await run(study({ max: 400 }), from)).summary.questions, 2);
      assert.equal((await run(study({ max: 400, too_long: 'keep' }), from)).summary.questions, 3);
    }));
});

describe('full articles', () => {
  test('take the place of paragraphs, without a title line; a question without its article is left out', () =>
    withPlace(async ({ study, source }) => {
      const from = await source(
        jsonLines([question('a', ['x', 'gone']), question('b'), question('a_2')]),
      );
      const articles = await source(
        jsonLines([
          { title: 'Related a', text: 'Related a is a whole article.' },
          { title: 'related A', text: 'a second one of that title' },
          { title: 'OWN_X', text: 'X is an article.' },
          { title: 'Related a 2', text: 'underscores are spaces' },
        ]),
      );
      const grown = study({ min: 100, max: 100, full_articles: true });
      const { summary } = await run(grown, from, { articles });
      assert.deepEqual(summary.left_out, { no_article: 1 });
      assert.equal(summary.growth?.articles?.documents, 4);
      const [first, second] = await recordsOf(grown);
      assert.deepEqual([...(first?.context.split(/\n?Passage \d:\n/) ?? [])].sort(), [
        '',
        'Related a is a whole article.',
        'X is an article.',
      ]);
      assert.equal(second?.context, 'Passage 1:\nunderscores are spaces');
      assert.deepEqual(
        first?.documents.filter(({ related }) => related).map(({ title }) => title),
        ['Related a'],
      );
    }));
});

test('a study and a run that do not go together say what to change, and nothing is written', () =>
  withPlace(async ({ study, source, dir }) => {
    const from = await source(jsonLines([question('a')]));
    const distractors = await source(jsonLines([{ text: 'a filler' }]));
    for (const [values, options, code, message] of [
      [{ distractors: 'own' }, { distractors }, 'usage', /questions\.distractors is "own"/],
      [{ distractors: 'both' }, {}, 'no_collection', /--distractors FILE/],
      [{ full_articles: true }, {}, 'no_articles', /--articles FILE/],
      [{}, { articles: distractors }, 'usage', /questions\.full_articles is off/],
    ] as const)
      await assert.rejects(run(study(values), from, options), { code, message });
    assert.deepEqual((await readdir(dir)).sort(), ['.sealong', 'sealong.json']);
  }));

test('an interrupted run keeps what it made, and the next goes on to the same bytes', () =>
  withPlace(async ({ study, source, dir }) => {
    const from = await source(jsonLines(questions(8)));
    const distractors = await source(jsonLines(collectionOf(200)));
    const grown = study({ min: 200, max: 600 });
    const path = grown.paths.questions;
    await run(grown, from, { distractors, counter: toy });
    const whole = await readFile(path, 'utf8');
    const stop = new AbortController();
    const lines = whole.split('\n');
    await writeFile(path, `${lines.slice(0, 2).join('\n')}\n`);
    let counted = 0;
    const counter = {
      ...toy,
      count: (text: string) => {
        if (++counted === 5) stop.abort();
        return toy.count(text);
      },
    };
    await assert.rejects(run(grown, from, { distractors, counter, signal: stop.signal }), {
      name: 'AbortError',
    });
    const partial = await readFile(path, 'utf8');
    assert.ok(partial.length < whole.length && whole.startsWith(partial));
    await run(grown, from, { distractors, counter: toy });
    assert.equal(await readFile(path, 'utf8'), whole);
    assert.ok(!(await readdir(join(dir, '.sealong'))).includes('synthesize.lock'));
  }));
