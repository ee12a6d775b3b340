import * as z from 'zod';
import { viewSchema, type View } from '../../review/view.ts';

/** A view as it is in use: one of the study's by its name, or one put together by hand. */
export interface ActiveView {
  name?: string;
  view: View;
}

export const activeViewSchema: z.ZodType<ActiveView> = z.object({
  name: z.exactOptional(z.string()),
  view: viewSchema,
});

/** Every question, as in the file. */
export const ALL_QUESTIONS: ActiveView = { view: viewSchema.parse({}) };

/** Whether a view leaves questions out. */
export function isFiltering({ view }: ActiveView): boolean {
  return Object.keys(view.filter).length > 0;
}

/** Whether a view does anything at all. */
export function isPlain(active: ActiveView): boolean {
  const { sort, audit } = active.view;
  return !isFiltering(active) && sort.length === 0 && (audit ?? 0) === 0;
}
