import type { DatasetFormat } from './format.ts';
import { hasWikiParagraphs, readWikiRow } from './wikiParagraphs.ts';

/** HotpotQA, as published and as on the hub. Its sentences carry the spaces between them. */
export const hotpotqa: DatasetFormat = {
  name: 'hotpotqa',
  fields:
    'question, context [[title, [sentence]]] or {title: [], sentences: []}, supporting_facts, answer',
  recognises: hasWikiParagraphs,
  read: (row) => readWikiRow(row, (sentences) => sentences.join('')),
};
