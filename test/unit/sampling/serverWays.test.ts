import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adapted, firstWays, refusedPrompt } from '../../../src/sampling/serverWays.ts';

const server = { host: 'lab:8000', apiKey: undefined };
const many = { n: 8, stream: true };

/** A refusal in OpenAI's shape, or as it stands. */
function refusal(status: number, said: string | object) {
  const body = typeof said === 'string' ? { error: { message: said } } : said;
  return { status, text: JSON.stringify(body) };
}

const OVERFLOWS: readonly [string, number, string | object][] = [
  [
    'vLLM',
    400,
    {
      object: 'error',
      message:
        "This model's maximum context length is 4096 tokens. However, you requested 5120 tokens (4096 in the messages, 1024 in the completion). Please reduce the length of the messages or completion.",
      type: 'BadRequestError',
      code: 400,
    },
  ],
  [
    'vLLM, of max_tokens',
    400,
    "'max_tokens' or 'max_completion_tokens' is too large: 1024. This model's maximum context length is 4096 tokens and your request has 4000 input tokens (1024 > 4096 - 4000).",
  ],
  [
    'vLLM, newer',
    400,
    "You passed 32769 input tokens and requested 1024 output tokens. However, the model's context length is only 32768 tokens, resulting in a maximum input length of 31744 tokens. Please reduce the length of the input prompt. (parameter=input_tokens, value=32769)",
  ],
  [
    'SGLang',
    400,
    "The input (9000 tokens) is longer than the model's context length (8192 tokens).",
  ],
  [
    'SGLang, with the completion',
    400,
    "Requested token count exceeds the model's maximum context length of 8192 tokens. You requested a total of 9216 tokens: 8192 tokens from the input messages and 1024 tokens for the completion.",
  ],
  [
    'llama.cpp',
    400,
    {
      error: {
        code: 400,
        message:
          'request (9412 tokens) exceeds the available context size (8192 tokens), try increasing it',
        type: 'exceed_context_size_error',
        n_prompt_tokens: 9412,
        n_ctx: 8192,
      },
    },
  ],
  [
    'llama.cpp, older',
    500,
    'the request exceeds the available context size. try increasing the context size or enable context shift',
  ],
  [
    'OpenAI',
    400,
    {
      error: {
        message: 'Your input exceeds what this model takes.',
        code: 'context_length_exceeded',
      },
    },
  ],
  [
    'TGI',
    422,
    {
      error:
        'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4000 `inputs` tokens and 1024 `max_new_tokens`',
      error_type: 'validation',
    },
  ],
  [
    'TGI, of the prompt',
    422,
    { error: 'Input validation error: `inputs` must have less than 1024 tokens. Given: 5000' },
  ],
  [
    'TensorRT-LLM',
    400,
    'Prompt length (5000) exceeds maximum input length (4096). Set log level to info',
  ],
  ['Anthropic', 400, 'prompt is too long: 210000 tokens > 200000 maximum'],
  [
    'Gemini',
    400,
    'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
  ],
  [
    'Mistral',
    400,
    'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
  ],
  ['a gateway', 413, '<html>Request Entity Too Large</html>'],
];
for (const [who, status, said] of OVERFLOWS)
  test(`a prompt that does not fit is known in the words of ${who}, and changes no way of asking`, () => {
    const answer = refusal(status, said);
    const error = refusedPrompt(answer, server);
    assert.equal(error?.code, 'prompt_too_long');
    assert.equal(error.failure, 'question');
    assert.match(error.message, /^lab:8000/);
    assert.equal(adapted(firstWays(), answer, many), undefined);
  });

test('other refusals are no verdict on the prompt', () => {
  for (const [status, said] of [
    [400, 'temperature must be in [0, 2], got 3'],
    [400, 'top_p must be in (0, 1]'],
    [500, 'CUDA out of memory'],
    [500, 'Internal error: context window handler crashed'],
    [413, 'Request too large for model on tokens per minute (TPM): Limit 6000, Requested 9000'],
    [404, 'The model `x` does not exist'],
    [429, 'Rate limit reached: too many tokens'],
  ] as const)
    assert.equal(refusedPrompt(refusal(status, said), server), undefined, said);
});

test('a server that wants other fields is asked in these', () => {
  const first = firstWays();
  const cases: [string, object][] = [
    [
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      { maxTokensField: 'max_completion_tokens' },
    ],
    ["Unknown parameter: 'stream_options.continuous_usage_stats'.", { streamUsage: 'final' }],
    ['Unrecognized request argument supplied: seed', { seed: false }],
    ['n_cmpl cannot be greater than the number of slots, please increase -np', { n: false }],
    ['Only one completion choice is allowed', { n: false }],
    ['n must be 1', { n: false }],
    ["Unsupported parameter: 'n' is not supported with this model.", { n: false }],
    ["'n' : number must be at most 1", { n: false }],
    ['streaming is not supported', { stream: false }],
  ];
  for (const [said, change] of cases)
    assert.deepEqual(adapted(first, refusal(400, said), many), { ...first, ...change }, said);
  const old = firstWays({ maxTokensField: 'max_completion_tokens' });
  assert.equal(
    adapted(old, refusal(422, 'Unknown field max_completion_tokens'), many)?.maxTokensField,
    'max_tokens',
  );
});

test('a server that refuses a value is not asked again with others', () => {
  for (const said of ['temperature must be positive', 'This model does not exist', 'seeded growth'])
    assert.equal(adapted(firstWays(), refusal(400, said), many), undefined, said);
  const one = { n: 1, stream: false };
  assert.equal(adapted(firstWays(), refusal(400, 'n must be 1'), one), undefined);
});
