import * as z from 'zod';

/** What a test of an endpoint looks at, in this order. */
export const CHECKS = [
  'reachable',
  'replica',
  'server',
  'model',
  'context',
  'completion',
  'n',
  'seed',
  'logprobs',
  'prefix_cache',
  'streaming',
  'tokenize',
] as const;
export type CheckName = (typeof CHECKS)[number];

export const CHECK_LABELS: Record<CheckName, string> = {
  reachable: 'Reachable',
  replica: 'Replica',
  server: 'Server',
  model: 'Model',
  context: 'Context length',
  completion: 'Chat completions',
  n: 'Several samples a request (n)',
  seed: 'Seeds',
  logprobs: 'Log probabilities',
  prefix_cache: 'Prefix cache',
  streaming: 'Streaming',
  tokenize: 'Token counts (/tokenize)',
};

/**
 * `yes` and `no` were seen; `unknown` could not be seen, and `words` say why. `problem`: sampling will not work before it is
 * mended.
 */
const checkSchema = z.object({
  name: z.enum(CHECKS),
  outcome: z.enum(['yes', 'no', 'unknown', 'problem']),
  words: z.string(),
});
export type ProbeCheck = z.infer<typeof checkSchema>;

const count = z.number().int().nonnegative();

/** What a test of an endpoint found; kept on this machine, so that runs can use it. Never holds a key. */
export const probeResultSchema = z.object({
  base_url: z.string(),
  model: z.string().nullable(),
  checks: z.array(checkSchema),
  capabilities: z.object({
    server: z.string().exactOptional(),
    n: z.boolean().exactOptional(),
    seed: z.boolean().exactOptional(),
    stream: z.boolean().exactOptional(),
    logprobs: z.boolean().exactOptional(),
    tokenize: z.boolean().exactOptional(),
    contextTokens: count.exactOptional(),
    prefixCache: z.boolean().exactOptional(),
    maxTokensField: z.enum(['max_tokens', 'max_completion_tokens']).exactOptional(),
  }),
  models: z.array(z.string()),
  /** What the test cost, as the server counted it; `uncounted` requests told no usage. */
  spent: z.object({
    requests: count,
    prompt_tokens: count,
    completion_tokens: count,
    uncounted: count,
  }),
  tested_at: z.string(),
});
export type ProbeResult = z.infer<typeof probeResultSchema>;

/** Whether sampling can be expected to work. */
export function isUsable({ checks }: Pick<ProbeResult, 'checks'>): boolean {
  return !checks.some(({ outcome }) => outcome === 'problem');
}

/** "vLLM 0.6.3, Qwen2.5-7B-Instruct there, 131K context, prefix cache on": the result in a line. */
export function probeLine(result: ProbeResult): string {
  const problem = result.checks.find(({ outcome }) => outcome === 'problem');
  if (problem) return `${CHECK_LABELS[problem.name]}: ${problem.words}`;
  const { contextTokens, prefixCache, n } = result.capabilities;
  const server = result.checks.find(({ name }) => name === 'server');
  return [
    ...(server?.outcome === 'yes' ? [server.words] : []),
    ...(result.model === null ? [] : [`${result.model} there`]),
    ...(contextTokens === undefined ? [] : [`${thousands(contextTokens)} context`]),
    ...(prefixCache === undefined ? [] : [`prefix cache ${prefixCache ? 'on' : 'not seen'}`]),
    ...(n === false ? ['one sample a request'] : []),
  ].join(', ');
}

/** "131K": context lengths as people say them. */
function thousands(tokens: number): string {
  return tokens < 1000 ? String(tokens) : `${Math.round(tokens / 1000)}K`;
}

/** "3 requests, 4,300 prompt and 40 completion tokens" */
export function spentText(spent: ProbeResult['spent']): string {
  const { requests, prompt_tokens, completion_tokens, uncounted } = spent;
  if (requests === 0) return 'no tokens';
  const counted = `${requests} ${requests === 1 ? 'request' : 'requests'}, ${prompt_tokens.toLocaleString('en')} prompt and ${completion_tokens.toLocaleString('en')} completion tokens`;
  return uncounted === 0 ? counted : `${counted}, ${uncounted} without a count`;
}

const OUTCOME_WORDS: Record<ProbeCheck['outcome'], string> = {
  yes: 'yes',
  no: 'no',
  unknown: '?',
  problem: 'PROBLEM',
};

/** A finding as a line of text, in columns. */
export function checkLine({ name, outcome, words }: ProbeCheck): string {
  return `${OUTCOME_WORDS[outcome].padEnd(8)}${CHECK_LABELS[name].padEnd(32)}${words}`;
}

/** The whole result as text, to be sent to whoever runs the server. */
export function probeText(result: ProbeResult): string {
  return [
    `Test of ${result.base_url}, ${result.tested_at}`,
    ...result.checks.map(checkLine),
    `Spent: ${spentText(result.spent)}.`,
  ].join('\n');
}
