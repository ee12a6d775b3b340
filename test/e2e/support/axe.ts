import type { Locator } from 'playwright-core';
import axe from 'axe-core';
import { z } from 'zod';

const found = z.array(
  z.object({
    id: z.string(),
    impact: z.string().nullish(),
    nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })),
  }),
);

/** What axe calls serious or critical in the document that holds an element, each with where and why. */
export async function seriousProblems(within: Locator): Promise<string[]> {
  const handle = await within.elementHandle();
  const frame = await handle.ownerFrame();
  if (!frame) throw new Error('The element is in no frame any more.');
  await frame.evaluate(axe.source);
  const violations = found.parse(
    await frame.evaluate('axe.run(document).then(({ violations }) => violations)'),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary ?? ''}`),
    );
}
