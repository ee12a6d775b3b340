import axe from 'axe-core';
import { z } from 'zod';

/** A page, or a frame of one. */
export interface Evaluating {
  evaluate: (script: string) => Promise<unknown>;
}

const found = z.array(
  z.object({
    id: z.string(),
    impact: z.string().nullish(),
    nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })),
  }),
);

/** What axe calls serious or critical in a document, each with where and why. */
export async function seriousProblems(page: Evaluating): Promise<string[]> {
  await page.evaluate(axe.source);
  const violations = found.parse(
    await page.evaluate('axe.run(document).then(({ violations }) => violations)'),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary ?? ''}`),
    );
}
