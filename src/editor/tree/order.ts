/** How questions are sorted: as in the file, by margin (smallest first), or by id. */
export const QUESTION_ORDERS = ['file', 'margin', 'id'] as const;
export type QuestionOrder = (typeof QUESTION_ORDERS)[number];

// "q-9" before "q-10", and the same on every machine.
const byId = new Intl.Collator('en', { numeric: true });

/** @param margins of the ids; undefined where a question has none: such questions come last, in the order of the file. */
export function orderQuestions(
  ids: readonly string[],
  order: QuestionOrder,
  margins: ReadonlyMap<string, number | undefined>,
): string[] {
  switch (order) {
    case 'file':
      return [...ids];
    case 'id':
      return [...ids].sort((a, b) => byId.compare(a, b));
    case 'margin': {
      const margin = (id: string) => margins.get(id) ?? Infinity;
      return [...ids].sort((a, b) => {
        const [left, right] = [margin(a), margin(b)];
        return left === right ? 0 : left - right;
      });
    }
  }
}
