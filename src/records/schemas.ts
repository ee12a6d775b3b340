import * as z from 'zod';

/** Version of every record written; a reader refuses records of a later one. */
export const SCHEMA_VERSION = 1;

const version = z
  .number()
  .int()
  .max(SCHEMA_VERSION, 'was written by a later version of SeaLong; update SeaLong to read it')
  .optional();
const count = z.number().int().nonnegative();
const text = z.string();

/**
 * A question's id: any short printable text that is no way out of a folder, since ids end up in names of files and in
 * reports that others open.
 */
export const questionIdSchema = z
  .string()
  .min(1, 'is empty')
  .max(256, 'is longer than 256 characters')
  .refine(
    (id) => !/[\p{Cc}\\]|^[/~]|^[A-Za-z]:|(^|\/)\.{1,2}(\/|$)/u.test(id),
    'must be a plain name, not a path, without control characters; rename it in the source file',
  );

/** `start` and `end` are offsets into the context in Unicode code points. */
export const documentSpanSchema = z.object({
  title: text,
  start: count,
  end: count,
  related: z.boolean(),
});

/** One message of a prompt that was imported: a part of the context, in code points. */
const turnSchema = z.object({
  role: z.enum(['system', 'user', 'assistant']),
  start: count,
  end: count,
});

export const questionSchema = z.object({
  v: version,
  id: questionIdSchema,
  question: text.min(1, 'is empty'),
  context: text,
  context_tokens: count,
  documents: z.array(documentSpanSchema),
  /** Of a question from another dataset: the messages of its prompt, which no strategy changes. */
  turns: z.array(turnSchema).optional(),
  /** Hash of the parameters that made it. */
  synthesis: text.optional(),
});
export type QuestionRecord = z.infer<typeof questionSchema>;

export const answersSchema = z.object({
  v: version,
  question_id: questionIdSchema,
  answers: z.array(text),
});
export type AnswersRecord = z.infer<typeof answersSchema>;

/** `finish_reason` is the server's, or `error` where the server refused the request for good (`error` says why). */
export const trajectorySchema = z.object({
  v: version,
  question_id: questionIdSchema,
  /** An array's index at most: trajectories are kept in arrays. */
  index: count.max(2 ** 32 - 2),
  text,
  finish_reason: text,
  prompt_tokens: count.nullable(),
  completion_tokens: count.nullable(),
  model: text,
  /** Hash of the parameters that shape a sample. */
  sampling: text,
  created_at: text,
  /** As it was sent; absent where the server takes none. */
  seed: z.number().int().optional(),
  /** Requests made for this sample, this one included: retries shift its distribution. */
  attempts: count.optional(),
  /** Those that failed, in order: reason and time. */
  failed_attempts: z.array(z.object({ kind: text, at: text })).optional(),
  /** Which of the choices of one request this is: `seed` is that of the request. */
  choice: z.object({ at: count, of: count }).optional(),
  /** Tokens of the request's prompt that the server did not compute anew. */
  cached_tokens: count.optional(),
  error: text.optional(),
  /** Of an answer from another dataset: the side that the dataset puts it on, and its score there. */
  imported: z
    .object({ as: z.enum(['chosen', 'rejected']), score: z.number().optional() })
    .optional(),
});
export type TrajectoryRecord = z.infer<typeof trajectorySchema>;

/** Where an N x N float32 utility matrix (row = candidate) stands in the scorer's `.matrix` file. */
export const matrixPlaceSchema = z.object({ offset: count, size: count, sha256: text });
export type MatrixPlace = z.infer<typeof matrixPlaceSchema>;

/** `scores[k]` is the score of the trajectory with index `indices[k]`. */
export const scoreSchema = z
  .object({
    v: version,
    question_id: questionIdSchema,
    scorer: text,
    config: text,
    sampling: text,
    indices: z.array(count),
    scores: z.array(z.number()),
    /** Digests of the scored texts, in the order of `indices`: a changed text makes the score stale. */
    texts: text.optional(),
    /** Indices whose text is longer than the model's limit: only its beginning was embedded. */
    truncated: z.array(count).optional(),
    /** Indices without a score, since no judgement of them could be read; they are not among `indices`. */
    unscored: z.array(count).optional(),
    /** Judgements that could not be read: they are left out of the means, never guessed. */
    unparsed: count.optional(),
    matrix: matrixPlaceSchema.optional(),
    created_at: text.optional(),
  })
  .refine((record) => record.indices.length === record.scores.length, {
    message: 'indices and scores differ in length',
  });
export type ScoreRecord = z.infer<typeof scoreSchema>;

const shownPair = z.object({ chosen: count.nullable(), rejected: count.nullable() });

/** What the reviewer had before their eyes when deciding. */
export const shownSchema = shownPair.extend({
  scorer: text.nullable(),
  config: text.nullable(),
  order: z.enum(['score', 'sample', 'cluster']).optional(),
  /** Scores, policy and the other reviewers' decisions were hidden. */
  blind: z.boolean().optional(),
  /** The view whose queue was walked, and whether the question was mixed in as an audit. */
  view: text.optional(),
  audit: z.boolean().optional(),
});

/** Kinds of decisions; `undo` and `redo` are about one of the others. */
export const DECISION_KINDS = [
  /** Another trajectory on one side of the pair, or on both. */
  'override',
  /** The two sides change places. */
  'swap',
  /** The pair as shown is right. */
  'agree',
  /** Neither trajectory is fit: the question gives no pair. */
  'both_bad',
  /** Looked at and passed over. */
  'skip',
  /** For discussion with the others. */
  'flag',
  'unflag',
  /** Words on the question. */
  'note',
  /** The final answer of one trajectory, as the reviewer reads it. */
  'answer',
  /** Answers that mean the same. */
  'merge',
  /** Answers that do not, although they look alike. */
  'split',
  'undo',
  'redo',
] as const;

export const decisionSchema = z.object({
  v: version,
  id: text.min(1),
  question_id: questionIdSchema,
  sampling: text,
  kind: z.enum(DECISION_KINDS),
  /** For `override` and `swap` the new sides; for `agree` those that a reviewer had overridden before. */
  chosen: count.optional(),
  rejected: count.optional(),
  /** What the decision makes of the policy's pair: it stays, is another, or there is none. */
  verdict: z.enum(['keep', 'change', 'leave_out']).optional(),
  reason: text.optional(),
  note: text.optional(),
  /** For `answer`: the trajectory, and its answer; null is "it gives none". */
  index: count.optional(),
  answer: text.nullable().optional(),
  /** For `merge`: answers, one of each cluster, that are one from now on; for `split`: those that are each another one. */
  answers: z.array(text).optional(),
  /** For `undo` and `redo`: the decision that is taken back or made again. */
  target: text.optional(),
  /** The pair before this decision, and after it. */
  previous: shownPair.optional(),
  result: shownPair.extend({ left_out: text.optional() }).optional(),
  reviewer: text,
  at: text,
  /** Time with the question in view, in milliseconds. */
  duration_ms: count.optional(),
  shown: shownSchema.optional(),
});
export type DecisionRecord = z.infer<typeof decisionSchema>;
export type DecisionKind = DecisionRecord['kind'];
