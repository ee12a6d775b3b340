import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EXAMPLE_FORMATS } from '../../../src/importing/formats/table.ts';
import { spanTexts } from '../../../src/records/codePoints.ts';
import { fixture, recordsOf, runImport, withStudy } from './imports.ts';

/** What an import of a fixture gives: id, messages of the prompt, and the answers with their sides. */
async function imported(name: string) {
  let result:
    { rows: unknown[]; summary: Awaited<ReturnType<typeof runImport>>['summary'] } | undefined;
  await withStudy(async (study) => {
    const { summary } = await runImport(study, { path: fixture(name) });
    const { questions, trajectories } = await recordsOf(study);
    result = {
      summary,
      rows: questions.map(({ id, context, turns = [] }) => [
        id,
        spanTexts(context, turns).map((text, at) => [turns[at]?.role, text]),
        trajectories
          .filter(({ question_id }) => question_id === id)
          .map((answer) => [answer.imported?.as, answer.text, answer.imported?.score ?? null]),
      ]),
    };
  });
  assert.ok(result);
  return result;
}

describe('the datasets that the paper compares with', () => {
  for (const [file, format, supervision, examples, left] of [
    ['ultrafeedback.binarized.jsonl', 'ultrafeedback', 'GPT-4', 2, { duplicate_id: 1 }],
    ['ultrafeedback.binarized.parquet', 'ultrafeedback', 'GPT-4', 2, { duplicate_id: 1 }],
    ['ultrafeedback.jsonl', 'ultrafeedback', 'GPT-4', 1, { no_answer: 1 }],
    ['longreward.dpo.jsonl', 'longreward_preference', 'GLM-4', 1, { bad_row: 1 }],
    ['longreward.sft.jsonl', 'longreward_sft', 'GLM-4', 1, {}],
    ['preference.jsonl', 'preference', 'not known', 3, { bad_row: 1 }],
    ['tulu.jsonl', 'tulu', 'human, GPT-3.5-Turbo, GPT-4', 2, { no_answer: 1 }],
    ['wildchat.jsonl', 'wildchat', 'GPT-3.5-Turbo, GPT-4', 1, { no_answer: 1 }],
    ['wildchat.parquet', 'wildchat', 'GPT-3.5-Turbo, GPT-4', 1, { no_answer: 1 }],
    ['longalpaca.json', 'longalpaca', 'human, Claude', 2, {}],
    ['longalign.jsonl', 'longalign', 'Claude', 1, {}],
    ['longmit.jsonl', 'longmit', 'Qwen2-72B-Instruct', 2, {}],
    ['messages.jsonl', 'messages', 'not known', 1, { bad_row: 1 }],
  ] as const)
    test(`${file} is recognised and read`, async () => {
      const { summary } = await imported(file);
      assert.equal(summary.format, format);
      assert.equal(summary.statistics.supervision, supervision);
      assert.equal(summary.questions, examples);
      assert.deepEqual(summary.left_out, left);
      const { kind } = EXAMPLE_FORMATS.find(({ name }) => name === format) ?? {};
      assert.equal(summary.answers_added, examples * (kind === 'preference' ? 2 : 1));
    });
});

test('UltraFeedback: the completion with the highest score is chosen, a lower one rejected', async () => {
  const { rows } = await imported('ultrafeedback.jsonl');
  const [[id, prompt, answers]] = rows as [[string, unknown, [string, string, number][]]];
  assert.equal(id, 'q-0001');
  assert.deepEqual(prompt, [['user', 'Describe the ferry.']]);
  assert.deepEqual(answers[0], [
    'chosen',
    'The Kittiwake sails at eight and at four, with room for six cars.',
    9,
  ]);
  assert.ok([3, 6].includes(answers[1]?.[2] ?? 0));
});

test('preference data may be text or messages, with the prompt apart or within', async () => {
  const { rows } = await imported('preference.jsonl');
  assert.deepEqual(rows, [
    [
      'q-0001',
      [['user', 'What is peat?']],
      [
        ['chosen', 'Half-rotted moss that burns.', null],
        ['rejected', 'Soil.', null],
      ],
    ],
    [
      'q-0002',
      [
        ['system', 'Be brief.'],
        ['user', 'And gorse?'],
      ],
      [
        ['chosen', 'A thorny shrub.', 2],
        ['rejected', 'A plant, I think, or a kind of bird.', -1],
      ],
    ],
    [
      'q-0003',
      [
        ['user', 'Tide?'],
        ['assistant', 'High at six.'],
        ['user', 'Sure?'],
      ],
      [
        ['chosen', 'Yes.', null],
        ['rejected', 'Perhaps.', null],
      ],
    ],
  ]);
});

test('a conversation is an example of its last answer, without what the user said after it', async () => {
  const { rows } = await imported('messages.jsonl');
  assert.deepEqual(rows, [['q-0001', [['user', 'Knock?']], [['chosen', 'Who is there?', null]]]]);
  const tulu = await imported('tulu.jsonl');
  assert.deepEqual(tulu.rows[0], [
    'oasst1_1',
    [
      ['user', 'What is a cairn?'],
      ['assistant', 'A heap of stones that marks a way.'],
      ['user', 'Who made the first?'],
    ],
    [['chosen', 'Nobody knows.', null]],
  ]);
});

test('LongMIT: the prompt is put together as its card says, in its language', async () => {
  const { rows } = await imported('longmit.jsonl');
  const [[, english], [, chinese]] = rows as [
    [string, [string, string][]],
    [string, [string, string][]],
  ];
  assert.equal(
    english[0]?.[1],
    'Answer the question based on the given passages.\n\nThe following are given passages.\nPassage 1:\nThomas Wye kept the light.\nPassage 2:\nThe light stands at Harrow.\n\nAnswer the question based on the given passages and provide a complete reasoning process.\nQuestion:Where did Wye work?\nAnswer:',
  );
  assert.match(
    chinese[0]?.[1] ?? '',
    /文章 1:\n灯塔建于1874年。\n\n请结合上面材料回答以下问题。只给答案/,
  );
});

test('data that is only written alike is not taken for a dataset of the paper', () => {
  const turns = [
    { role: 'user', content: 'a' },
    { role: 'assistant', content: 'b' },
  ];
  for (const [row, format] of [
    [{ prompt: 'a', chosen: 'b', rejected: 'c', score_chosen: 2, score_rejected: 1 }, 'preference'],
    [{ instruction: 'a', output: 'b' }, 'instruction'],
    [{ messages: turns, dataset: 'mine' }, 'messages'],
    [{ conversation: turns }, 'messages'],
  ] as const)
    assert.equal(EXAMPLE_FORMATS.find(({ recognises }) => recognises(row))?.name, format);
});
