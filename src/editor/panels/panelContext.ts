import type { PanelContext } from '../../protocol/panel.ts';
import type { QuestionRecord } from '../../records/schemas.ts';
import { contextOutline } from '../documents/contextOutline.ts';

type Parts = Pick<QuestionRecord, 'context' | 'documents'>;

/**
 * The passages of a context: its documents where the record names them, else what its `Passage {i}:` lines tell, else all
 * of it as one.
 */
export function panelContext({ context, documents }: Parts): PanelContext {
  if (documents.length > 0) {
    const at = unitOffsets(
      context,
      documents.flatMap(({ start, end }) => [start, end]),
    );
    return {
      passages: documents.map(({ title, related, start, end }, i) => ({
        number: i + 1,
        title,
        related,
        text: context.slice(at.get(start), at.get(end)),
      })),
    };
  }
  const lines = context.split(/\r\n|\r|\n/);
  const outline = contextOutline(context);
  if (outline.length === 0)
    return { passages: [{ number: 1, title: '', related: false, text: context }] };
  return {
    passages: outline.map(({ number, title, startLine, endLine }) => ({
      number,
      title,
      related: false,
      text: lines.slice(startLine + 1, endLine + 1).join('\n'),
    })),
  };
}

/** Where code points stand in UTF-16 units, which is how JavaScript slices. */
function unitOffsets(text: string, codePoints: readonly number[]): Map<number, number> {
  const wanted = [...new Set(codePoints)].sort((a, b) => a - b);
  const found = new Map<number, number>();
  let unit = 0;
  let point = 0;
  for (const target of wanted) {
    while (point < target && unit < text.length) {
      unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
      point++;
    }
    found.set(target, unit);
  }
  return found;
}
