import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { systemClock } from '../../../src/clock.ts';
import { exportPairs } from '../../../src/preference/export.ts';
import { questionRow } from '../../../src/editor/tree/questionRow.ts';
import { pairs } from '../../../src/preference/pairs.ts';
import { viewStudy } from '../../../src/preference/studyView.ts';
import { openaiClient } from '../../../src/sampling/openaiClient.ts';
import { sample } from '../../../src/sampling/sample.ts';
import { runStage } from '../../../src/stage.ts';
import { datasetReport } from '../../../src/synthesis/datasetReport.ts';
import { fixture, recordsOf, runImport, withStudy } from './imports.ts';

const { signal } = new AbortController();

/** Examples a0, a1, ... whose answers are of 1, 2, ... words. */
function examples(count: number): object[] {
  return Array.from({ length: count }, (_, n) => ({
    id: `a${String(n)}`,
    prompt: `Say ${String(n)}.`,
    chosen: Array.from({ length: n + 1 }, () => 'word').join(' '),
    rejected: 'no',
  }));
}

describe('picking', () => {
  test('at random is seeded, and a raised count keeps the examples and their answers', () =>
    withStudy(async (study, source) => {
      const path = await source(examples(40));
      const first = await runImport(study, { path, count: 5 });
      assert.equal(first.summary.import.pick, 'random');
      const before = await recordsOf(study);
      const again = await runImport(study, { path, count: 5 });
      assert.deepEqual([again.summary.added, again.summary.answers_added], [0, 0]);
      assert.deepEqual(await recordsOf(study), before);
      const raised = await runImport(study, { path, count: 12 });
      assert.deepEqual([raised.summary.questions, raised.summary.added], [12, 7]);
      assert.equal(raised.summary.answers_added, 14);
      const after = await recordsOf(study);
      for (const question of before.questions)
        assert.ok(after.questions.some(({ id }) => id === question.id));
      assert.deepEqual(after.trajectories.slice(0, 10), before.trajectories);

      await withStudy(async (other) => {
        const seeded = { ...other.config.questions, seed: 7 };
        const config = { ...other.config, questions: seeded };
        await runImport({ ...other, config }, { path, count: 5 });
        const ids = (await recordsOf(other)).questions.map(({ id }) => id);
        assert.notDeepEqual(
          ids,
          before.questions.map(({ id }) => id),
        );
      });
    }));

  test('the longest are those with the most tokens of prompt and chosen answer', () =>
    withStudy(async (study, source) => {
      const path = await source(examples(300));
      const { summary } = await runImport(study, { path, pick: 'longest', count: 3 });
      const { questions } = await recordsOf(study);
      assert.deepEqual(
        questions.map(({ id }) => id),
        ['a297', 'a298', 'a299'],
      );
      const { mean_tokens, max_tokens, examples: count } = summary.statistics;
      assert.deepEqual([count, mean_tokens, max_tokens], [3, 301, 302]);
      const { statistics, made } = await datasetReport(study, signal);
      assert.deepEqual(statistics, summary.statistics);
      assert.deepEqual(made?.import, summary.import);
    }));

  test('where nothing is said, as the paper picked from that dataset', () =>
    withStudy(async (study) => {
      const { summary } = await runImport(study, { path: fixture('wildchat.jsonl') });
      assert.equal(summary.import.pick, 'longest');
    }));
});

describe('what is there already', () => {
  test('other questions are not replaced without being told to; told to, a copy is kept', () =>
    withStudy(async (study, source) => {
      await runImport(study, { path: await source(examples(4)) });
      const old = await readFile(study.paths.questions, 'utf8');
      const tulu = { path: fixture('tulu.jsonl') };
      await assert.rejects(runImport(study, tulu), { code: 'would_orphan' });
      assert.equal(await readFile(study.paths.questions, 'utf8'), old);
      const { summary } = await runImport(study, tulu, { replace: true });
      assert.equal(summary.questions, 2);
      const copy = (await readdir(study.dir)).find((name) => name.endsWith('.jsonl.bak')) ?? '';
      assert.equal(await readFile(`${study.dir}/${copy}`, 'utf8'), old);
      const sft = await runStage(
        exportPairs(study, { clock: systemClock }, { format: 'sft', signal }),
      );
      assert.equal(sft.rows, 2);
      const manifest = await readFile(`${sft.folder}/manifest.json`, 'utf8');
      assert.match(manifest, /"made_from": \{[^}]*"source": "tulu\.jsonl"/);
    }));

  test('going back to a dataset imported before uses its answers again', () =>
    withStudy(async (study, source) => {
      const path = await source(examples(4));
      await runImport(study, { path });
      await runImport(study, { path: fixture('tulu.jsonl') }, { replace: true });
      const { summary } = await runImport(study, { path }, { replace: true });
      assert.deepEqual([summary.questions, summary.answers_added], [4, 0]);
      assert.equal((await runStage(pairs(study, { signal }))).pairs.length, 4);
    }));

  test('an import that was cut off before its answers is completed by the next', () =>
    withStudy(async (study, source) => {
      const path = await source(examples(4));
      await runImport(study, { path });
      const whole = await readFile(study.paths.trajectories, 'utf8');
      await writeFile(study.paths.trajectories, whole.slice(0, whole.length / 2));
      const { summary } = await runImport(study, { path });
      assert.equal(summary.added, 0);
      const { trajectories } = await recordsOf(study);
      assert.equal(trajectories.length, 8);
      assert.equal((await runStage(pairs(study, { signal }))).pairs.length, 4);
    }));

  test('a cancelled import leaves the study as it was', () =>
    withStudy(async (study, source) => {
      const path = await source(examples(4));
      const cancelled = runImport(study, { path }, { signal: AbortSignal.abort(new Error('no')) });
      await assert.rejects(cancelled, /no/);
      assert.deepEqual((await readdir(study.dir)).sort(), [
        '.sealong',
        'questions.jsonl',
        'sealong.json',
      ]);
      assert.deepEqual((await recordsOf(study)).questions, []);
    }));
});

describe('rows with faults', () => {
  test('they are left out, counted and named with file, row and field; a strict import stops', () =>
    withStudy(async (study, source) => {
      const path = await source([
        ...examples(2),
        { id: 'x', prompt: 3, chosen: 'a', rejected: 'b' },
        { id: 'y', prompt: 'p', chosen: '  ', rejected: 'b' },
        { id: 'z', prompt: 'p', chosen: [{ role: 'wizard', content: 'a' }], rejected: 'b' },
        { id: '../out', prompt: 'p', chosen: 'a', rejected: 'b' },
        { id: 'a0', prompt: 'p', chosen: 'a', rejected: 'b' },
        'text',
      ]);
      const { summary, warnings } = await runImport(study, { path });
      assert.deepEqual(summary.left_out, { bad_id: 1, bad_row: 4, duplicate_id: 1 });
      assert.equal(summary.usable, 2);
      const all = warnings.join('\n');
      assert.match(all, /source-1\.jsonl, line 3: prompt: must be filled text, or messages/);
      assert.match(all, /line 4: chosen: is empty/);
      assert.match(all, /line 5: chosen\.0\.role: is none of system, user, assistant/);
      assert.match(all, /line 6: id "\.\.\/out"/);
      assert.match(all, /line 7: id "a0" stands at line 1 already/);
      assert.match(all, /2 of the 2048 examples asked for/);
      await assert.rejects(runImport(study, { path }, { strict: true }), {
        code: 'bad_row',
        message: /line 3: prompt/,
      });
    }));

  test('a file in no known format says what it has and what there is', () =>
    withStudy(async (study, source) => {
      const path = await source([{ a: 1, b: 2 }]);
      await assert.rejects(runImport(study, { path }), {
        code: 'unknown_format',
        message: /fields a, b\. There are: ultrafeedback .*messages \(/,
      });
      await assert.rejects(runImport(study, { path, format: 'tulu' }), {
        code: 'nothing_usable',
        message: /1 bad_row.*messages: Invalid input/,
      });
    }));
});

test('an imported study has nothing to sample, and says so', () =>
  withStudy(async (study) => {
    await runImport(study, { path: fixture('longreward.sft.jsonl') });
    // Nothing listens there: the study says so before a server is asked.
    const client = openaiClient({ baseUrl: 'http://127.0.0.1:1/v1', apiKey: undefined });
    const stage = sample(study, { client, clock: systemClock }, { concurrency: 1, signal });
    await assert.rejects(runStage(stage), { code: 'imported', message: /nothing to sample/ });
  }));

test('a long prompt is shown by its last line, and the prompt itself is whole', () =>
  withStudy(async (study) => {
    await runImport(study, { path: fixture('longalign.jsonl') });
    const [question] = (await recordsOf(study)).questions;
    assert.equal(question?.question, 'When did it come in?');
    assert.match(question.context, /^Passage of the harbour book\.[\s\S]*When did it come in\?$/);
  }));

test('an imported question says so in the tree, with its margin where the dataset scores', () =>
  withStudy(async (study) => {
    await runImport(study, { path: fixture('ultrafeedback.binarized.jsonl') });
    const view = await viewStudy(study);
    const [entry] = view.index.questions.values();
    assert.ok(entry);
    const row = questionRow(entry, view.states.of(entry.id), {
      expected: view.selection.imported ?? 0,
      blind: false,
    });
    assert.match(row.description, /^2\/2 · margin 4\.500 · imported · /);
  }));
