import * as z from 'zod';
import { recipeOptions } from '../training/recipe.ts';

const whole = z.number().int();
const positive = whole.positive();
const seed = whole.nonnegative();

/** Scorers of the paper's Table 7 (greedy needs no scorer). */
export const SCORERS = [
  'mbr_embedding',
  'mbr_rouge',
  'mbr_bertscore',
  'mbr_self_evaluation',
  'self_evaluation',
  'random',
] as const;
export type ScorerName = (typeof SCORERS)[number];

const questions = z.strictObject({
  seed: seed.default(42).describe('Seed of everything drawn at random in synthesis.'),
  min_context_tokens: positive.default(4096).describe('Shortest target length of a context.'),
  max_context_tokens: positive.default(31744).describe('Longest context, in tokens.'),
  count: positive.default(2048).describe('Number of questions.'),
  tokenizer: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Counts context_tokens: a hub id (default: that of sampling.model), the path of a tokenizer.json, "endpoint" (the server\'s /tokenize) or "embedded".',
    ),
  distractors: z
    .enum(['own', 'collection', 'both'])
    .optional()
    .describe(
      "Where unrelated documents come from, up to the target length: the question's own, a collection, or both, its own first. Where absent: both when a collection is named, else all of its own whatever the target.",
    ),
  too_long: z
    .enum(['drop', 'keep'])
    .optional()
    .describe(
      'A question whose related documents alone exceed max_context_tokens: left out (drop, the default) or kept.',
    ),
  exclude_answer_leaks: z
    .boolean()
    .optional()
    .describe(
      'Leave out unrelated documents that contain a gold answer, compared as SubEM does (not for yes and no). The answer is used for nothing else.',
    ),
  full_articles: z
    .boolean()
    .optional()
    .describe('Replace each paragraph by the article of its title from a collection of articles.'),
});

const sampling = z.strictObject({
  model: z
    .string()
    .min(1)
    .default('meta-llama/Llama-3.1-8B-Instruct')
    .describe('Model to sample, by the name the server knows it by.'),
  strategy: z
    .string()
    .min(1)
    .default('plan_and_solve')
    .describe(
      'Prompting strategy: a built-in one (paper, Table 9) or strategies/NAME.json of the study.',
    ),
  n: positive.max(1024).default(32).describe('Trajectories a question.'),
  temperature: z.number().min(0).max(2).default(0.7),
  top_p: z.number().gt(0).max(1).optional().describe('Left to the server where absent.'),
  max_tokens: positive.default(1024).describe('Longest trajectory, in tokens.'),
  seed: seed.default(42).describe('Each sample gets a seed of its own, derived from this one.'),
});

const embedding = z.strictObject({
  model: z
    .string()
    .min(1)
    .default('jinaai/jina-embeddings-v3')
    .describe(
      'A hub id, a folder in the layout of transformers.js (absolute or in the study), or "embedded".',
    ),
  task: z.string().default('text-matching').describe('Task of models that have several.'),
  backend: z
    .enum(['local', 'server'])
    .default('local')
    .describe('"local" runs the model here; "server" asks /v1/embeddings of the endpoint.'),
});

const scoring = z.strictObject({
  scorer: z.enum(SCORERS).default('mbr_embedding'),
  embedding: embedding.default(() => embedding.parse({})),
  rouge: z.enum(['rouge1', 'rouge2', 'rougeL']).default('rougeL'),
  rouge_stemming: z.boolean().default(false),
});

/** Ways of taking the rejected trajectory (paper, section 3.2: the first). */
export const REJECTED_RULES = ['random_lower_half', 'lowest', 'quantile', 'other_cluster'] as const;

/** What can be kept out of pairs. */
export const DROPPED = ['truncated', 'duplicates', 'refusals', 'empty'] as const;

/** Absent parameters change nothing, so that the pairs of a study stay those that they were. */
export const pairPolicySchema = z.strictObject({
  rejected: z
    .enum(REJECTED_RULES)
    .default('random_lower_half')
    .describe(
      'How the rejected trajectory is taken: at random from the lower half by score, the lowest, that at a quantile of the scores, or at random from those with another final answer than the chosen one.',
    ),
  seed: seed.default(42),
  quantile: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('For "quantile": 0 is the lowest score, 0.5 the middle one (default: 0.25).'),
  min_margin: z
    .number()
    .nonnegative()
    .optional()
    .describe('Smallest margin (score of chosen minus that of rejected) of a pair.'),
  max_length_ratio: z
    .number()
    .min(1)
    .optional()
    .describe('How many times longer than the other one side may be, in tokens.'),
  drop: z
    .array(z.enum(DROPPED))
    .optional()
    .describe(
      'Trajectories that the policy passes over: cut off at max_tokens, equal to an earlier one, refusals to answer, without text.',
    ),
  per_question: positive
    .max(64)
    .optional()
    .describe('Pairs a question: the same chosen with several rejected ones (default: 1).'),
});
/** How the study takes its pairs where no reviewer decided. */
export type PairPolicy = z.infer<typeof pairPolicySchema>;

/** What settles a question on which reviewers do not agree. */
export const SETTLE_RULES = ['latest', 'majority', 'lead', 'leave_out'] as const;

const phrases = z.array(z.string().min(1).max(200)).min(1);
/** A rule that finds the final answer in a trajectory. */
export const answerRuleSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(60)
    .describe('A rule with the name of a built-in one takes its place.'),
  after: phrases
    .optional()
    .describe('The answer follows the last of these phrases, up to the end of the sentence.'),
  between: z
    .tuple([z.string().min(1).max(200), z.string().min(1).max(200)])
    .optional()
    .describe('The answer stands between the last pair of these.'),
  last: z
    .enum(['sentence', 'line'])
    .optional()
    .describe('The answer is the last sentence or line.'),
  weak: z
    .boolean()
    .optional()
    .describe('What it finds counts only where another trajectory says the same.'),
  off: z.boolean().optional().describe('Switches the rule of that name off.'),
});
export type AnswerRule = z.infer<typeof answerRuleSchema>;

const review = z.strictObject({
  reasons: z
    .array(z.string().min(1).max(200))
    .default([
      'Better answer',
      'Better supported by the context',
      'Clearer reasoning',
      'Wrong answer',
      'Claims that the context does not support',
      'Cut off or incomplete',
    ])
    .describe('Reasons offered for a decision.'),
  blind: z
    .boolean()
    .default(false)
    .describe("Hide scores, the policy's choice and other reviewers while reviewing."),
  settle: z
    .enum(SETTLE_RULES)
    .default('latest')
    .describe(
      'What settles a question on which reviewers do not agree: the latest decision, the majority, the lead, or nothing (the question is left out). Without a majority, or until the lead has decided, it is left out.',
    ),
  lead: z.string().min(1).optional().describe('For "lead": the reviewer whose decision counts.'),
  audit_rate: z
    .number()
    .min(0)
    .max(0.9)
    .default(0)
    .describe('Share of questions mixed into every queue at random, where its view names none.'),
  seed: seed.default(42).describe('Seed of the audit sample.'),
  answer_rules: z
    .array(answerRuleSchema)
    .default([])
    .describe('Rules that find the final answer in a trajectory, tried before the built-in ones.'),
});

const lora = z.strictObject({
  r: positive.default(128),
  alpha: positive.default(128),
  dropout: z.number().min(0).max(1).default(0.05),
  quantization: z.enum(['nf4', 'none']).default('nf4'),
});

const training = z.strictObject({
  model: z
    .string()
    .min(1)
    .optional()
    .describe('Model to train: a hub id, a folder or "embedded" (default: sampling.model).'),
  method: z.enum(['orpo', 'sft']).default('orpo'),
  beta: z.number().nonnegative().default(0.1),
  lora: lora.default(() => lora.parse({})),
  epochs: positive.default(1),
  batch_size: positive.default(8),
  learning_rate: z.number().positive().default(5e-5),
  max_length: positive.default(32768),
  sequence_parallel: positive.default(8),
  ...recipeOptions,
});

const evaluation = z.strictObject({
  tasks: z
    .array(z.string())
    .default(['qasper', 'multifieldqa_en', 'hotpotqa', 'musique', '2wikimqa']),
  temperature: z.number().min(0).max(2).default(0),
  max_tokens: positive.default(1024),
});

/** `sealong.json`: every parameter of the method, with the paper's values as defaults (App. A, sections 3 and 4). */
export const studyConfigSchema = z.strictObject({
  $schema: z.string().optional(),
  schema: z.literal(1).default(1).describe('Version of this file.'),
  name: z.string().optional().describe("Shown in the editor; the folder's name where absent."),
  questions: questions.default(() => questions.parse({})),
  sampling: sampling.default(() => sampling.parse({})),
  scoring: scoring.default(() => scoring.parse({})),
  pairs: pairPolicySchema.default(() => pairPolicySchema.parse({})),
  review: review.default(() => review.parse({})),
  training: training.default(() => training.parse({})),
  evaluation: evaluation.default(() => evaluation.parse({})),
});
export type StudyConfig = z.infer<typeof studyConfigSchema>;
