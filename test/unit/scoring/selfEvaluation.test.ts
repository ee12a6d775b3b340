import assert from 'node:assert/strict';
import { appendFile, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { systemClock } from '../../../src/clock.ts';
import { readAllRecords } from '../../../src/records/jsonl.ts';
import { scoreSchema } from '../../../src/records/schemas.ts';
import type { ChatClient } from '../../../src/sampling/chatClient.ts';
import { EndpointError } from '../../../src/endpoint/endpointError.ts';
import { readMatrix } from '../../../src/scoring/matrixFile.ts';
import { score } from '../../../src/scoring/score.ts';
import { runStage } from '../../../src/stage.ts';
import type { ScorerName } from '../../../src/study/config.ts';
import type { Study } from '../../../src/study/study.ts';
import { indexStudy } from '../../../src/study/studyIndex.ts';
import { studyWith, trajectoryRecord, writeRecords } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';

interface Asked {
  reference: string | undefined;
  prediction: string;
  prompt: string;
  temperature: number;
  maxTokens: number;
}

/** A judge that answers by what it is shown. */
function judgeBy(answer: (asked: Asked) => string) {
  const asked: Asked[] = [];
  const client: ChatClient = {
    host: 'judge',
    check: () => Promise.resolve(),
    async complete({ prompt, temperature, maxTokens }, signal) {
      await Promise.resolve();
      signal?.throwIfAborted();
      const part = (name: string) =>
        new RegExp(`\\[${name} Response\\]\\n(.*?)(?:\\n\\n|$)`, 's').exec(prompt)?.[1];
      const shown = {
        reference: part('Reference'),
        prediction: part('Predicted') ?? '',
        prompt,
        temperature,
        maxTokens,
      };
      asked.push(shown);
      const text = answer(shown);
      return {
        text,
        finishReason: 'stop',
        promptTokens: 9,
        completionTokens: 1,
        servedModel: 'scripted',
      };
    },
  };
  return { client, asked };
}

async function run(study: Study, client: ChatClient, concurrency = 2) {
  const messages: string[] = [];
  const units = new Set<string>();
  const ports = {
    openEmbedder: () => Promise.reject(new Error('No text is embedded.')),
    openChat: () => ({ client, concurrency }),
    clock: systemClock,
  };
  const summary = await runStage(
    score(study, ports, { signal: new AbortController().signal }),
    (event) => {
      if (event.type === 'warning') messages.push(event.message);
      else if (event.type === 'progress') units.add(`${event.done}/${event.total} ${event.unit}`);
    },
  );
  return { summary, messages, units };
}

async function withStudy(
  scorer: ScorerName,
  texts: Record<string, string[]>,
  use: (study: Study) => Promise<void>,
) {
  await withFolder(async (folder) => {
    const study = await studyWith(folder, Object.keys(texts), [`scoring.scorer=${scorer}`]);
    await writeRecords(
      study.paths.trajectories,
      Object.entries(texts).flatMap(([id, all]) =>
        all.map((text, index) => trajectoryRecord(id, index, text)),
      ),
    );
    await use(study);
  });
}

async function recordOf(study: Study, questionId: string) {
  const { records } = await readAllRecords(
    study.paths.scoreFile(study.config.scoring.scorer),
    scoreSchema,
  );
  const found = records.findLast(({ value }) => value.question_id === questionId)?.value;
  assert.ok(found);
  return found;
}

const rate = ({ prediction }: Asked) => `Because. Rating: [[${prediction.length}]]`;

test('each distinct text is rated once, with context and question, at temperature 0', async () => {
  await withStudy('self_evaluation', { a: ['xx', 'xxx', 'xx'], b: ['x'] }, async (study) => {
    const { client, asked } = judgeBy(rate);
    const { summary, messages, units } = await run(study, client);
    assert.deepEqual((await recordOf(study, 'a')).scores, [2, 3, 2]);
    assert.deepEqual((await recordOf(study, 'b')).scores, [1]);
    assert.equal((await recordOf(study, 'a')).matrix, undefined);
    assert.equal(asked.length, 3);
    assert.ok(asked.every(({ temperature, maxTokens }) => temperature === 0 && maxTokens === 512));
    assert.match(
      asked[0]?.prompt ?? '',
      /^\[Context\]\nPassage 1:\na\n.*\[Question\]\nWhat is a\?/s,
    );
    assert.deepEqual([summary.unparsed, summary.unscored], [0, 0]);
    assert.match(
      messages.join('\n'),
      /asks scripted for 3 judgements, with prompts of about \d+ tok/,
    );
    assert.ok(units.has('3/3 judgements'));
  });
});

test('a text whose rating cannot be read has no score, and is not asked again', async () => {
  await withStudy('self_evaluation', { a: ['xx', 'no', 'xxx'] }, async (study) => {
    const { client, asked } = judgeBy((shown) =>
      shown.prediction === 'no' ? 'Good.' : rate(shown),
    );
    const { summary } = await run(study, client);
    assert.deepEqual([summary.unparsed, summary.unscored, summary.trajectories], [1, 1, 2]);
    const record = await recordOf(study, 'a');
    assert.deepEqual(
      [record.indices, record.scores],
      [
        [0, 2],
        [2, 3],
      ],
    );
    assert.deepEqual([record.unscored, record.unparsed], [[1], 1]);
    assert.equal((await run(study, client)).summary.scored, 0);
    assert.equal(asked.length, 3);
    assert.deepEqual((await indexStudy(study)).problems, []);
  });
});

test('what was judged before an interruption is not asked again', async () => {
  await withStudy('self_evaluation', { a: ['x', 'xx', 'xxx'], b: ['xxxx'] }, async (study) => {
    let left = 2;
    const failing = judgeBy((shown) => {
      if (left-- > 0) return rate(shown);
      throw new EndpointError('refused', 'run', 'judge refused the request.');
    });
    await assert.rejects(run(study, failing.client, 1), /judge refused/);
    await appendFile(study.paths.judgementFile('self_evaluation'), '{"key":"torn');
    const { client, asked } = judgeBy(rate);
    const { messages } = await run(study, client);
    assert.deepEqual(asked.map(({ prediction }) => prediction).sort(), ['xxx', 'xxxx']);
    assert.match(messages.join('\n'), /for 2 judgements/);
    assert.deepEqual((await recordOf(study, 'a')).scores, [1, 2, 3]);
    const lines = (await readFile(study.paths.judgementFile('self_evaluation'), 'utf8')).trim();
    assert.equal(lines.split('\n').length, 4);
  });
});

test('a question whose prompt is too long is named, and the others are judged', async () => {
  await withStudy('self_evaluation', { a: ['x', 'xx'], b: ['xxx'] }, async (study) => {
    const { client, asked } = judgeBy((shown) => {
      if (shown.prompt.includes('What is a?'))
        throw new EndpointError('prompt_too_long', 'question', 'The prompt does not fit.');
      return rate(shown);
    });
    const { summary, messages } = await run(study, client, 1);
    assert.ok(
      messages.some((message) => message.includes('Question a') && message.includes('not fit')),
    );
    assert.deepEqual([summary.scored, asked.length], [1, 2]);
    await assert.rejects(recordOf(study, 'a'), 'so that it is tried again');
    assert.deepEqual((await recordOf(study, 'b')).scores, [3]);
  });
});

test('references are judged for each ordered pair of distinct texts; rows are candidates', async () => {
  const texts = { a: ['long answer', 'long', 'long', ''] };
  await withStudy('mbr_self_evaluation', texts, async (study) => {
    const { client, asked } = judgeBy(({ prediction, reference = '' }) =>
      prediction.includes(reference) ? 'True' : 'False',
    );
    const { summary, messages } = await run(study, client);
    assert.equal(asked.length, 3 * 2);
    assert.match(messages.join('\n'), /for 6 judgements/);
    assert.ok(
      asked.every(({ prompt, maxTokens }) => maxTokens === 16 && !prompt.includes('Passage')),
    );
    const record = await recordOf(study, 'a');
    assert.deepEqual(record.scores, [4 / 4, 3 / 4, 3 / 4, 1 / 4]);
    assert.ok(record.matrix);
    const matrix = await readMatrix(study.paths.matrixFile('mbr_self_evaluation'), record.matrix);
    assert.deepEqual([...(matrix ?? [])], [1, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1]);
    assert.equal(summary.unparsed, 0);
  });
});

test('unread verdicts are left out of the mean, and a text with none but its own has no score', async () => {
  await withStudy('mbr_self_evaluation', { a: ['x', 'y', 'z'] }, async (study) => {
    const { client } = judgeBy(({ prediction, reference }) => {
      if (prediction === 'z') return 'Perhaps.';
      return prediction === 'x' && reference === 'y' ? 'Hm.' : 'False';
    });
    const { summary } = await run(study, client);
    const record = await recordOf(study, 'a');
    assert.deepEqual([record.indices, record.unscored, record.unparsed], [[0, 1], [2], 3]);
    assert.deepEqual(record.scores, [1 / 2, 1 / 3]);
    assert.equal(summary.unscored, 1);
    assert.ok(record.matrix);
    const matrix = await readMatrix(study.paths.matrixFile('mbr_self_evaluation'), record.matrix);
    assert.deepEqual([...(matrix ?? [])], [1, NaN, 0, 1]);
  });
});

test('a single text and texts that are all equal have 1, without asking', async () => {
  await withStudy('mbr_self_evaluation', { a: ['x'], b: ['y', 'y', 'y'] }, async (study) => {
    const { client, asked } = judgeBy(() => 'False');
    const { units } = await run(study, client);
    assert.deepEqual((await recordOf(study, 'a')).scores, [1]);
    assert.deepEqual((await recordOf(study, 'b')).scores, [1, 1, 1]);
    assert.equal(asked.length, 0);
    assert.ok(units.has('2/2 questions'));
  });
});

test('a new trajectory asks for its own judgements only', async () => {
  await withStudy('mbr_self_evaluation', { a: ['x', 'y'] }, async (study) => {
    const { client, asked } = judgeBy(() => 'True');
    await run(study, client);
    const more = trajectoryRecord('a', 2, 'z');
    await appendFile(study.paths.trajectories, `${JSON.stringify(more)}\n`);
    const { summary, messages } = await run(study, client);
    assert.equal(summary.scored, 1);
    assert.equal(asked.length, 2 + 4);
    assert.match(messages.join('\n'), /for 4 judgements/);
  });
});
