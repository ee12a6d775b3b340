import * as z from 'zod';
import { ApiError } from './apiError.ts';
import type { ChatMessage } from './languageModel.ts';

const MOST_CHOICES = 128;
const MOST_STOPS = 16;

const textContent = z.union([
  z.string(),
  z.array(z.object({ type: z.literal('text'), text: z.string() })),
]);

const message = z
  .object({
    role: z.enum(['system', 'developer', 'user', 'assistant']),
    content: textContent,
  })
  .transform(({ role, content }): ChatMessage => ({
    role: role === 'developer' ? 'system' : role,
    content: typeof content === 'string' ? content : content.map(({ text }) => text).join('\n'),
  }));

const messages = z.array(message).min(1);

const stopString = z.string().min(1);

/** Fields that we do not know are passed over, as clients send them freely; null means absent, as with OpenAI. */
const chatRequest = z.object({
  model: z.string().nullish(),
  messages,
  n: z.int().min(1).max(MOST_CHOICES).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  seed: z.int().nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  stop: z.union([stopString, z.array(stopString).max(MOST_STOPS)]).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z
    .object({ include_usage: z.boolean().nullish(), continuous_usage_stats: z.boolean().nullish() })
    .nullish(),
});

export type ChatCompletionRequest = z.infer<typeof chatRequest>;

const tokenizeRequest = z.object({
  model: z.string().nullish(),
  prompt: z.string().nullish(),
  content: z.string().nullish(),
  messages: messages.nullish(),
});

export type TokenizeRequest = z.infer<typeof tokenizeRequest>;

/** @throws ApiError 400 naming the first field at fault. */
export function parseChatRequest(body: string): ChatCompletionRequest {
  return parse(chatRequest, body);
}

/** vLLM's `{prompt}` or `{messages}`, or llama.cpp's `{content}`. @throws ApiError 400. */
export function parseTokenizeRequest(body: string): TokenizeRequest {
  return parse(tokenizeRequest, body);
}

function parse<T>(schema: z.ZodType<T>, body: string): T {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'unreadable';
    throw new ApiError(400, `The request body is not JSON: ${reason}.`, {
      code: 'invalid_json',
      cause,
    });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues.map(deepest).at(0);
  const param = fieldName(issue?.path ?? []);
  const where = param === '' ? 'The request body' : `'${param}'`;
  throw new ApiError(400, `${where} is not valid: ${issue?.message ?? 'unknown reason'}.`, {
    ...(param === '' ? {} : { param }),
    code: issue?.code === 'invalid_type' ? 'invalid_type' : 'invalid_value',
  });
}

/** Of a union that failed, the branch that came furthest says most about what is wrong. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors
    .flat()
    .map(deepest)
    .sort((a, b) => b.path.length - a.path.length)
    .at(0);
  if (!inner || inner.path.length === 0) return issue;
  return { ...inner, path: [...issue.path, ...inner.path] };
}

function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, key) => {
    if (typeof key === 'number') return `${name}[${key}]`;
    return name === '' ? String(key) : `${name}.${String(key)}`;
  }, '');
}
