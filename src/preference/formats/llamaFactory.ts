import type { DataFiles, ExportFormat } from './exportFormat.ts';

/** The roles of chat messages, in LLaMA-Factory's words for its "sharegpt" formatting. */
const TAGS = {
  role_tag: 'role',
  content_tag: 'content',
  user_tag: 'user',
  assistant_tag: 'assistant',
  system_tag: 'system',
};

/** LLaMA-Factory's "sharegpt" preference data: an answer is one message, not a list (its data/README.md). */
export const llamaFactory: ExportFormat = {
  name: 'llamafactory',
  file: 'pairs.jsonl',
  description: 'LLaMA-Factory preference: messages, then chosen and rejected as one message each',
  usage: ({ validation }) =>
    `LLaMA-Factory: \`dataset_dir\` is this folder, \`dataset: pairs\`${validation ? ', `eval_dataset: pairs_validation`' : ''}, \`stage: dpo\` with \`pref_loss: orpo\`.`,
  takes: 'pairs',
  row: (pair) => ({
    messages: pair.prompt,
    chosen: { role: 'assistant', content: pair.chosen_text },
    rejected: { role: 'assistant', content: pair.rejected_text },
    question_id: pair.question_id,
  }),
  companions: (files) => ({
    'dataset_info.json': `${JSON.stringify(datasetInfo(files), null, 2)}\n`,
  }),
};

function datasetInfo({ train, validation }: DataFiles) {
  const described = (file: string) => ({
    file_name: file,
    formatting: 'sharegpt',
    ranking: true,
    columns: { messages: 'messages', chosen: 'chosen', rejected: 'rejected' },
    tags: TAGS,
  });
  return {
    pairs: described(train),
    ...(validation === undefined ? {} : { pairs_validation: described(validation) }),
  };
}
