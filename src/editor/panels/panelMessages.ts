import * as z from 'zod';
import {
  ROW_ORDERS,
  SAVE_FORMATS,
  type FromPanel,
  type PanelRequest,
  type PanelVerdict,
} from '../../protocol/panel.ts';
import { questionIdSchema } from '../../records/schemas.ts';

const index = z.number().int().nonnegative();
const questionId = questionIdSchema;
const order = z.enum(ROW_ORDERS);
/** A matrix of 512 x 512 as numbers or rectangles stays under it. */
const MOST_SAVED_CHARACTERS = 64 * 1024 ** 2;

const words = z.string().max(10_000);
const verdict: z.ZodType<PanelVerdict> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.enum(['agree', 'swap', 'both_bad', 'skip', 'flag']),
    reason: z.exactOptional(words),
  }),
  z.object({ kind: z.literal('unflag') }),
  z.object({ kind: z.literal('note'), note: words }),
  z.object({ kind: z.literal('answer'), index, answer: words.nullable() }),
  z.object({ kind: z.enum(['merge', 'split']), answers: z.array(words).max(1_000) }),
]);

const request: z.ZodType<PanelRequest> = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('override'),
    questionId,
    chosen: z.exactOptional(index),
    rejected: z.exactOptional(index),
    reason: z.exactOptional(words),
    order,
  }),
  z.object({ type: z.literal('decide'), questionId, decision: verdict, order }),
  z.object({ type: z.literal('undo'), questionId }),
  z.object({ type: z.literal('redo'), questionId }),
  z.object({ type: z.literal('navigate'), by: z.union([z.literal(1), z.literal(-1)]) }),
  z.object({ type: z.literal('openTrajectory'), questionId, index }),
  z.object({ type: z.literal('openDiff'), questionId, left: index, right: index }),
  z.object({ type: z.literal('openContext'), questionId }),
  z.object({ type: z.literal('answerRules'), questionId, rule: z.exactOptional(words) }),
  z.object({ type: z.literal('context'), questionId }),
  z.object({
    type: z.literal('save'),
    questionId,
    format: z.enum(SAVE_FORMATS),
    data: z.string().max(MOST_SAVED_CHARACTERS),
  }),
]);

/** What a panel may say. It shows texts of models, so nothing that comes from it is taken on trust. */
export const fromPanelSchema: z.ZodType<FromPanel> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('listening'), listening: z.boolean() }),
  z.object({ type: z.literal('request'), request: z.number().int(), body: request }),
]);

/** What of a saved panel the editor needs to open it again. */
export const savedPanelSchema = z.object({
  study: z.string(),
  questionId,
  panel: z.string().nullish(),
});

/** The number of a request that is otherwise not understood, so that it can be answered all the same. */
export const numberedSchema = z.object({ request: z.number().int() });
