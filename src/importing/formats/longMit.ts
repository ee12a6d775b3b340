import * as z from 'zod';
import { filledText, sourceId } from '../../synthesis/formats/fields.ts';
import { fieldsOf, readRow } from '../../synthesis/formats/format.ts';
import type { ExampleFormat } from './example.ts';

const rowSchema = z.object({
  id: sourceId,
  type: z.string().optional(),
  language: z.string().default('en'),
  all_docs: z.array(z.object({ content: filledText })).min(1, 'has no document'),
  question: filledText,
  answer: filledText,
});

/** The words around the documents, after the dataset's own card; `last` ends the prompt with the question. */
const WORDS = {
  en: {
    first: 'Answer the question based on the given passages.',
    brief: ' Only give me the answer and do not output any other words.',
    given: 'The following are given passages.',
    passage: 'Passage',
    last: {
      reasoned:
        'Answer the question based on the given passages and provide a complete reasoning process.\nQuestion:',
      brief:
        'Answer the question based on the given passages. Only give me the answer and do not output any other words.\nQuestion:',
    },
    answer: 'Answer:',
  },
  zh: {
    first: '根据给定的段落回答问题。',
    brief: '只给答案，不要输出任何其他单词。',
    given: '以下是给定的段落。',
    passage: '文章',
    last: {
      reasoned: '请结合上面材料回答以下问题，并且给出完整的推理过程。\n问题：',
      brief: '请结合上面材料回答以下问题。只给答案，不要输出任何其他单词。\n问题：',
    },
    answer: '答案：',
  },
};
/** Questions of these types are answered with their reasoning. */
const REASONED = new Set(['inter_doc', 'intra_doc']);

/** LongMIT, whose prompts are put together from documents and question. */
export const longMit: ExampleFormat = {
  name: 'longmit',
  label: 'LongMIT',
  fields: 'all_docs [{content}], question, answer, type, language',
  kind: 'sft',
  supervision: 'Qwen2-72B-Instruct',
  pick: 'random',
  recognises: (row) => Array.isArray(fieldsOf(row)['all_docs']),
  read: (row) =>
    readRow(rowSchema, row, (fields) => ({
      id: fields.id,
      prompt: [{ role: 'user', content: promptOf(fields) }],
      chosen: { text: fields.answer },
      rejected: [],
    })),
};

function promptOf({ type = '', language, all_docs, question }: z.infer<typeof rowSchema>): string {
  const words = language === 'zh' ? WORDS.zh : WORDS.en;
  const kind = REASONED.has(type) ? 'reasoned' : 'brief';
  const passages = all_docs.map(
    ({ content }, index) => `${words.passage} ${index + 1}:\n${content}`,
  );
  return [
    `${words.first}${kind === 'brief' ? words.brief : ''}\n`,
    words.given,
    `${passages.join('\n')}\n`,
    `${words.last[kind]}${question}`,
    words.answer,
  ].join('\n');
}
