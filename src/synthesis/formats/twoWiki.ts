import { fieldsOf, type DatasetFormat } from './format.ts';
import { hasWikiParagraphs, readWikiRow } from './wikiParagraphs.ts';

const TYPES = new Set<unknown>(['compositional', 'inference', 'comparison', 'bridge_comparison']);

/** 2WikiMultihopQA, both releases: as HotpotQA, but without its levels and without spaces between sentences. */
export const twoWiki: DatasetFormat = {
  name: '2wiki',
  fields: 'as hotpotqa, with evidences, or a type of 2WikiMultihopQA and no level',
  recognises: (row) => {
    if (!hasWikiParagraphs(row)) return false;
    const fields = fieldsOf(row);
    if ('evidences' in fields || 'evidences_id' in fields) return true;
    return TYPES.has(fields['type']) && !('level' in fields);
  },
  read: (row) => readWikiRow(row, joinSpaced),
};

function joinSpaced(sentences: readonly string[]): string {
  return sentences.reduce((text, next) =>
    text === '' || /\s$/.test(text) || /^\s/.test(next) ? text + next : `${text} ${next}`,
  );
}
